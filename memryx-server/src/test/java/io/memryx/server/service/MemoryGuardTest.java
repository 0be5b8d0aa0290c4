package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.CollectionStats;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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
  void enterBuild_noRoomBesideAnother_waitsForItsEnd() throws Exception {
    var second =
        new FutureTask<>(
            () -> {
              try (MemoryGuard.BuildRoom room = guard.enterBuild(4_000_000)) {
                return room.bytes();
              }
            });
    try (MemoryGuard.BuildRoom first = guard.enterBuild(6_000_000)) {
      assertEquals(9_000_000, first.bytes());
      try (MemoryGuard.BuildRoom small = guard.enterBuild(2_000_000)) {
        assertEquals(3_000_000, small.bytes());
      }
      Thread waiting = Thread.ofPlatform().daemon().start(second);
      while (waiting.getState() != Thread.State.WAITING) {
        assertFalse(second.isDone(), "it did not wait");
        Thread.onSpinWait();
      }
    }
    assertEquals(9_000_000, second.get(20, TimeUnit.SECONDS));
  }

  @Test
  void enterBuild_alone_neverWaits() throws InterruptedException {
    try (MemoryGuard.BuildRoom room = guard.enterBuild(99_000_000)) {
      assertEquals(9_000_000, room.bytes());
    }
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
