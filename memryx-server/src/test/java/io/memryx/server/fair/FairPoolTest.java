package io.memryx.server.fair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FairPoolTest {
  private static final long TIMEOUT_SECONDS = 20;

  private final AtomicLong nanos = new AtomicLong();
  private final CountDownLatch held = new CountDownLatch(1);
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void release() {
    held.countDown();
  }

  private FairPool pool(int threads, int ofOne, int placesInAll, int places) {
    return new FairPool(
        new FairLimits(
            "test",
            new FairLimits.Share(threads, ofOne),
            new FairLimits.Share(placesInAll, places)),
        Thread.NORM_PRIORITY,
        nanos::get);
  }

  /** Keeps a thread until {@link #held} is released. */
  private CountDownLatch hold(FairPool pool, String party) {
    CountDownLatch begun = new CountDownLatch(1);
    enter(pool, party)
        .execute(
            () -> {
              begun.countDown();
              await(held);
            });
    return begun;
  }

  private static FairPool.Place enter(FairPool pool, String party) {
    return pool.tryEnter(party).orElseThrow();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void note(FairPool pool, String party, long cost) {
    enter(pool, party)
        .execute(
            () -> {
              order.add(party);
              nanos.addAndGet(cost);
            });
  }

  private List<String> served(FairPool pool) {
    held.countDown();
    while (pool.waiting() + pool.running() > 0) {
      Thread.onSpinWait();
    }
    return List.copyOf(order);
  }

  @Test
  void newcomer_waitsForNobodysQueue() {
    try (FairPool pool = pool(1, 1, 100, 50)) {
      await(hold(pool, "z"));
      for (int at = 0; at < 20; at++) {
        note(pool, "greedy", 1_000_000);
      }
      note(pool, "modest", 1_000_000);
      List<String> served = served(pool);
      assertEquals(21, served.size());
      assertTrue(served.indexOf("modest") <= 1, served.toString());
    }
  }

  @Test
  void turns_goByWhatTasksTook_notByTheirNumber() {
    try (FairPool pool = pool(1, 1, 100, 50)) {
      await(hold(pool, "z"));
      for (int at = 0; at < 10; at++) {
        note(pool, "dear", 10_000_000);
        note(pool, "cheap", 1_000_000);
      }
      List<String> served = served(pool);
      List<String> beforeTheThirdDear = served.subList(0, third(served, "dear"));
      assertEquals(
          10, beforeTheThirdDear.stream().filter("cheap"::equals).count(), served.toString());
    }
  }

  private static int third(List<String> served, String party) {
    int seen = 0;
    for (int at = 0; at < served.size(); at++) {
      if (served.get(at).equals(party) && ++seen == 3) {
        return at;
      }
    }
    throw new AssertionError(served.toString());
  }

  @Test
  void oneParty_neverHasAllThreads() {
    try (FairPool pool = pool(3, 2, 100, 50)) {
      await(hold(pool, "greedy"));
      await(hold(pool, "greedy"));
      CountDownLatch third = hold(pool, "greedy");
      await(hold(pool, "modest"));
      assertEquals(1, third.getCount());
      assertEquals(1, pool.waiting());
      assertEquals(3, pool.running());
      held.countDown();
      await(third);
    }
  }

  @Test
  void tryEnter_full_isRefusedUntilOneEnds() {
    try (FairPool pool = pool(1, 1, 3, 2)) {
      await(hold(pool, "greedy"));
      note(pool, "greedy", 0);
      assertFalse(pool.tryEnter("greedy").isPresent());
      note(pool, "modest", 0);
      assertFalse(pool.tryEnter("third").isPresent(), "all places are taken");
      served(pool);
      assertTrue(pool.tryEnter("greedy").isPresent());
    }
  }

  @Test
  void goOn_isNeverRefused() {
    try (FairPool pool = pool(1, 1, 1, 1)) {
      await(hold(pool, "greedy"));
      pool.goOn("greedy", () -> order.add("more"));
      assertEquals(List.of("more"), served(pool));
    }
  }

  @Test
  void task_thatFails_leavesThePoolWhole() {
    var before = Thread.getDefaultUncaughtExceptionHandler();
    CountDownLatch escaped = new CountDownLatch(1);
    Thread.setDefaultUncaughtExceptionHandler((_, _) -> escaped.countDown());
    try (FairPool pool = pool(1, 1, 10, 5)) {
      enter(pool, "a")
          .execute(
              () -> {
                throw new IllegalStateException("on purpose");
              });
      await(escaped);
      note(pool, "a", 0);
      assertEquals(List.of("a"), served(pool));
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  /** Makes no thread as long as it is told not to. */
  private static final class Scarce implements ThreadFactory {
    private volatile boolean none = true;

    @Override
    public Thread newThread(Runnable work) {
      if (none) {
        throw new OutOfMemoryError("unable to create native thread, on purpose");
      }
      Thread thread = new Thread(work, "test");
      thread.setDaemon(true);
      return thread;
    }
  }

  private FairPool pool(ThreadFactory threads) {
    return new FairPool(
        new FairLimits("test", new FairLimits.Share(2, 2), new FairLimits.Share(10, 1)),
        threads,
        nanos::get);
  }

  @Test
  void thread_cantBeMade_theTaskIsRefused_thePoolStaysWhole() {
    Scarce threads = new Scarce();
    try (FairPool pool = pool(threads)) {
      for (int attempt = 0; attempt < 5; attempt++) {
        FairPool.Place place = enter(pool, "a");
        assertThrows(OutOfMemoryError.class, () -> place.execute(() -> order.add("refused")));
        assertEquals(0, pool.waiting());
      }
      threads.none = false;
      note(pool, "a", 0);
      assertEquals(List.of("a"), served(pool));
    }
  }

  @Test
  void thread_cantBeMade_whoeverWorksComesForTheTask() {
    Scarce threads = new Scarce();
    threads.none = false;
    try (FairPool pool = pool(threads)) {
      await(hold(pool, "a"));
      threads.none = true;
      note(pool, "b", 0);
      assertEquals(1, pool.waiting());
      assertEquals(List.of("b"), served(pool));
    }
  }

  @Test
  void withdraw_whatWaits_neverRuns_andGivesItsPlaceBack() {
    try (FairPool pool = pool(1, 1, 2, 1)) {
      await(hold(pool, "a"));
      FairPool.Place place = enter(pool, "b");
      place.execute(() -> order.add("withdrawn"));
      assertTrue(place.withdraw());
      assertFalse(place.withdraw(), "a place is given back once");
      assertEquals(0, pool.waiting());
      note(pool, "b", 0);
      assertEquals(List.of("b"), served(pool));
    }
  }

  @Test
  void withdraw_beforeThereIsATask_keepsItFromRunning() {
    try (FairPool pool = pool(1, 1, 1, 1)) {
      FairPool.Place place = enter(pool, "a");
      assertTrue(place.withdraw());
      place.execute(() -> order.add("withdrawn"));
      note(pool, "a", 0);
      assertEquals(List.of("a"), served(pool));
    }
  }

  @Test
  void withdraw_whatHasBegun_isTooLate() {
    try (FairPool pool = pool(1, 1, 1, 1)) {
      CountDownLatch begun = new CountDownLatch(1);
      FairPool.Place place = enter(pool, "a");
      place.execute(
          () -> {
            begun.countDown();
            await(held);
          });
      await(begun);
      assertFalse(place.withdraw());
      assertTrue(pool.tryEnter("a").isEmpty(), "its place is taken until it ends");
    }
  }

  @Test
  void place_isForOneTask() {
    try (FairPool pool = pool(1, 1, 10, 5)) {
      FairPool.Place place = enter(pool, "a");
      place.execute(() -> {});
      assertThrows(IllegalStateException.class, () -> place.execute(() -> {}));
    }
  }

  @Test
  void close_whatWaits_doesNotBegin() throws InterruptedException {
    FairPool pool = pool(1, 1, 10, 5);
    await(hold(pool, "a"));
    note(pool, "a", 0);
    pool.close();
    held.countDown();
    assertTrue(pool.awaitEnd(TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS)));
    assertEquals(List.of(), List.copyOf(order));
  }

  @Test
  void limits_thatLetOnePartyHaveMoreThanAll_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> pool(1, 2, 10, 5));
    assertThrows(IllegalArgumentException.class, () -> pool(1, 1, 4, 5));
  }
}
