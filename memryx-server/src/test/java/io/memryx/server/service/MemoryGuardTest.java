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

  @Test
  void reserve_whatIsUnderWay_countsUntilItIsClosed() {
    try (MemoryGuard.Reservation second = guard.reserve()) {
      try (MemoryGuard.Reservation first = guard.reserve()) {
        first.grow(5_000_000);
        second.grow(3_000_000);
        var refused = assertThrows(ProblemException.class, () -> second.grow(1));
        assertEquals(ProblemCode.MEMORY_GUARD, refused.problem().code());
      }
      second.grow(5_000_000);
    }
  }

  @Test
  void reserve_whatABuildTakes_isLeftToIt() {
    try (MemoryGuard.Reservation reservation = guard.reserve()) {
      try (BuildMemory.Room build = guard.builds().tryEnter(6_000_000, () -> {}).orElseThrow()) {
        assertEquals(9_000_000, build.bytes());
        reservation.grow(3_000_000);
        var refused = assertThrows(ProblemException.class, () -> reservation.grow(1));
        assertEquals(ProblemCode.MEMORY_GUARD, refused.problem().code());
      }
      reservation.grow(5_000_000);
    }
  }

  @Test
  void roomForRequests_whatABuildTakes_isNotFree() {
    try (BuildMemory.Room build = guard.builds().tryEnter(6_000_000, () -> {}).orElseThrow()) {
      assertEquals(9_000_000, build.bytes());
      assertEquals(2_000_000, guard.roomForRequests());
    }
    assertEquals(5_000_000, guard.roomForRequests());
  }

  @Test
  void roomForRequests_isHalfOfWhatCollectionsLeave() {
    assertEquals(5_000_000, guard.roomForRequests());
    try (MemoryGuard.Reservation reservation = guard.reserve()) {
      reservation.grow(8_000_000);
      assertEquals(1_000_000, guard.roomForRequests());
    }
  }

  @Test
  void refusals_sayNothingOfWhatOthersTake() {
    try (MemoryGuard.Reservation others = guard.reserve();
        MemoryGuard.Reservation own = guard.reserve()) {
      others.grow(5_123_457);
      var refused = assertThrows(ProblemException.class, () -> own.grow(6_000_001));
      assertSaysOnly("6000001", refused.problem().detail());
      var build =
          assertThrows(
              ProblemException.class, () -> guard.requireRoomToBuild(statsWithBuildOf(7_000_001)));
      assertSaysOnly("7000001", build.problem().detail());
    }
  }

  private static void assertSaysOnly(String figure, String detail) {
    assertEquals(
        figure, detail.replaceAll("\\d{1,3}(\\.\\d)? %", "").replaceAll("\\D", ""), detail);
  }

  @Test
  void limit_isWhatAReservationCanGrowTo() {
    try (MemoryGuard.Reservation reservation = guard.reserve()) {
      reservation.grow(1_000_000);
      assertEquals(8_000_000, reservation.limit());
      reservation.growTo(8_000_000);
      reservation.growTo(5_000_000);
      assertEquals(8_000_000, reservation.limit());
      assertThrows(ProblemException.class, () -> reservation.growTo(8_000_001));
    }
  }
}
