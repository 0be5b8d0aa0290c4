package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.CollectionStats;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import org.junit.jupiter.api.Test;

class MemoryGuardTest {
  private final MemoryGuard guard = new MemoryGuard(new Usage(), 80, 10_000_000);

  private static CollectionStats statsWithBuildOf(long bytes) {
    return new CollectionStats(
        100,
        100,
        0,
        CollectionStats.Index.NONE,
        new CollectionStats.Bytes(0, 0, 0, 0, 0, 0, 0, 0),
        bytes);
  }

  @Test
  void requireRoomToBuild_halfOfTheReserve_mayBeUsed() {
    guard.requireRoomToBuild(statsWithBuildOf(9_000_000));
    var refused =
        assertThrows(
            ProblemException.class, () -> guard.requireRoomToBuild(statsWithBuildOf(9_000_001)));
    assertEquals(ProblemCode.MEMORY_GUARD, refused.problem().code());
  }
}
