package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class BuildMemoryTest {
  private static final long TIMEOUT_SECONDS = 20;

  private final BuildMemory memory = new BuildMemory(() -> 9);
  private final List<String> again = new ArrayList<>();

  private BuildMemory.Room enter(long needed) {
    return memory.tryEnter(needed, () -> again.add("never")).orElseThrow();
  }

  private boolean isPutBack(long needed, String name) {
    return memory.tryEnter(needed, () -> again.add(name)).isEmpty();
  }

  private static <T> FutureTask<T> waiting(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = Thread.ofPlatform().daemon().start(task);
    while (thread.getState() != Thread.State.WAITING) {
      assertFalse(task.isDone(), "it did not wait");
      Thread.onSpinWait();
    }
    return task;
  }

  @Test
  void enter_noRoomBesideAnother_waitsForItsEnd() throws Exception {
    FutureTask<Long> second;
    try (BuildMemory.Room first = enter(6)) {
      assertEquals(9, first.bytes());
      try (BuildMemory.Room small = enter(2)) {
        assertEquals(3, small.bytes());
        assertEquals(8, memory.bytes());
      }
      second = waiting(() -> memory.enter(4, () -> true).orElseThrow().bytes());
    }
    assertEquals(9, second.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void enter_alone_neverWaits() throws InterruptedException {
    try (BuildMemory.Room room = memory.enter(99, () -> true).orElseThrow()) {
      assertEquals(9, room.bytes());
    }
    assertEquals(0, memory.bytes());
  }

  @Test
  void enter_notWantedAnyMore_waitsNoLonger() throws Exception {
    AtomicBoolean wanted = new AtomicBoolean(true);
    try (BuildMemory.Room first = enter(6)) {
      assertEquals(9, first.bytes());
      FutureTask<Optional<BuildMemory.Room>> second = waiting(() -> memory.enter(4, wanted::get));
      wanted.set(false);
      memory.lookAgain();
      assertEquals(Optional.empty(), second.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
      assertEquals(6, memory.bytes());
    }
  }

  @Test
  void enter_roomBesideThosePutBack_hasThemTryAgain() throws InterruptedException {
    try (BuildMemory.Room first = enter(6)) {
      assertEquals(9, first.bytes());
      assertTrue(isPutBack(4, "a"));
      try (BuildMemory.Room second = memory.enter(2, () -> true).orElseThrow()) {
        assertEquals(3, second.bytes());
        assertEquals(List.of("a"), again);
      }
    }
  }

  @Test
  void tryEnter_noRoom_isTriedAgainWhenABuildHasEnded() {
    try (BuildMemory.Room first = enter(6)) {
      assertEquals(9, first.bytes());
      assertTrue(isPutBack(4, "a"));
      assertTrue(isPutBack(5, "b"));
      assertEquals(2, memory.waiting());
      assertEquals(List.of(), again);
    }
    assertEquals(List.of("a", "b"), again);
    assertEquals(0, memory.waiting());
  }

  @Test
  void tryEnter_forgotten_isNotTriedAgain() {
    Runnable forgotten = () -> again.add("forgotten");
    try (BuildMemory.Room first = enter(6)) {
      assertEquals(9, first.bytes());
      assertTrue(memory.tryEnter(4, forgotten).isEmpty());
      memory.forget(forgotten);
    }
    assertEquals(List.of(), again);
  }

  /** Else one small build after the other could keep a large one waiting for ever. */
  @Test
  void tryEnter_whileOneWaits_isPutBack_untilThatOneHasEndedOrLeft() throws Exception {
    AtomicBoolean wanted = new AtomicBoolean(true);
    try (BuildMemory.Room first = enter(2)) {
      assertEquals(9, first.bytes());
      FutureTask<Optional<BuildMemory.Room>> large = waiting(() -> memory.enter(8, wanted::get));
      assertTrue(isPutBack(1, "small"));
      wanted.set(false);
      memory.lookAgain();
      assertEquals(Optional.empty(), large.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
      assertEquals(List.of("small"), again);
      try (BuildMemory.Room small = enter(1)) {
        assertEquals(7, small.bytes());
      }
    }
  }
}
