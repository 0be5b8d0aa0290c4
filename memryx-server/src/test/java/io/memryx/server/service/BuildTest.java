package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildProgress;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Memryx;
import io.memryx.server.problem.ProblemCode;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BuildTest {
  private final AtomicLong nanos = new AtomicLong();
  private final CollectionStats stats =
      Memryx.inMemory().collection("docs", CollectionOptions.of(2)).stats();

  private Build build(String id, Build.Cause cause) {
    return new Build(
        id,
        "docs",
        cause,
        stats,
        new Build.Clocks(nanos::get, () -> Instant.EPOCH.plusNanos(nanos.get())));
  }

  private void pass(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void status_underWay_tellsPaceAndRest() {
    Build build = build("a", Build.Cause.ASKED);
    assertEquals("queued", build.status().work().phase());
    assertNull(build.status().work().etaSeconds());
    pass(100);
    assertTrue(build.begin());
    assertFalse(build.status().work().stalled(), "who waits does not stall");
    pass(10);
    build.progressed(new BuildProgress(BuildProgress.Phase.ENCODE, 0, 1_000));
    pass(5);
    build.progressed(new BuildProgress(BuildProgress.Phase.ENCODE, 500, 1_000));
    BuildStatus.Work work = build.status().work();
    assertEquals(500, work.done());
    assertEquals(1_000, work.total());
    assertEquals(100.0, work.rate());
    assertEquals(15 * (100 - 70.0) / 70.0, work.etaSeconds());
    assertFalse(work.stalled());
    pass(Build.STALLED_SECONDS + 1);
    assertTrue(build.status().work().stalled());
    build.progressed(new BuildProgress(BuildProgress.Phase.ENCODE, 501, 1_000));
    assertFalse(build.status().work().stalled());
  }

  @Test
  void cancel_inAQueue_takesItOut_onceItHasBegunNot() {
    AtomicLong left = new AtomicLong();
    Build waiting = build("a", Build.Cause.ASKED);
    waiting.waitsIn(left::incrementAndGet);
    waiting.cancel(Build.Cancellation.ASKED);
    waiting.cancel(Build.Cancellation.ASKED);
    assertEquals(1, left.get());
    waiting.waitsIn(left::incrementAndGet);
    assertEquals(2, left.get(), "it was cancelled before it came to that queue");
    Build begun = build("b", Build.Cause.ASKED);
    begun.waitsIn(left::incrementAndGet);
    assertTrue(begun.begin());
    begun.cancel(Build.Cancellation.ASKED);
    assertEquals(2, left.get());
  }

  @Test
  void status_ended_staysAsItEnded() {
    Build build = build("a", Build.Cause.ASKED);
    assertTrue(build.begin());
    pass(7);
    build.failed(new BuildStatus.Failure(ProblemCode.STORAGE_FULL, "full"));
    pass(100);
    BuildStatus status = build.status();
    assertEquals(BuildStatus.State.FAILED, status.state());
    assertEquals(7.0, status.elapsedSeconds());
    assertEquals(Instant.ofEpochSecond(7), status.finishedAt());
    assertFalse(status.work().stalled());
    build.progressed(new BuildProgress(BuildProgress.Phase.COMMIT, 1, 1));
    build.cancel(Build.Cancellation.ASKED);
    assertEquals(BuildStatus.State.FAILED, build.status().state());
  }

  @Test
  void cancel_inTheQueue_neverBegins() {
    Build build = build("a", Build.Cause.ASKED);
    build.cancel(Build.Cancellation.DROPPED);
    assertEquals(BuildStatus.State.CANCELLED, build.status().state());
    assertFalse(build.begin());
  }

  @Test
  void tryBegin_askedFor_waitsBehindOneThatBeganByItself() {
    BuildHistory history = new BuildHistory();
    Build automatic = build("auto", Build.Cause.AUTOMATIC);
    Build asked = build("asked", Build.Cause.ASKED);
    assertTrue(history.tryBegin(automatic).isEmpty());
    assertTrue(history.tryBegin(build("auto2", Build.Cause.AUTOMATIC)).isPresent());
    assertTrue(history.tryBegin(asked).isEmpty());
    assertEquals(asked, history.tryBegin(build("again", Build.Cause.ASKED)).orElseThrow());
  }

  private static CollectionStats statsOf(int vectors, int hotBuffer) {
    return new CollectionStats(
        vectors,
        hotBuffer,
        0,
        CollectionStats.Index.NONE,
        new CollectionStats.Bytes(0, 0, 0, 0, 0, 0, 0, 0),
        0);
  }

  @Test
  void automatic_isDueForALargeHotBuffer_thatIsWorthIt() {
    AutomaticBuilds automatic = new AutomaticBuilds(100);
    assertFalse(automatic.isDue(statsOf(99, 99), 0));
    assertTrue(automatic.isDue(statsOf(100, 100), 0));
    assertFalse(automatic.isDue(statsOf(1_100, 100), 0), "a small part of the whole");
    assertTrue(automatic.isDue(statsOf(1_200, 200), 0));
    assertFalse(automatic.isDue(statsOf(190, 190), 100), "one failed a short while ago");
    assertTrue(automatic.isDue(statsOf(200, 200), 100));
    assertFalse(new AutomaticBuilds(0).isDue(statsOf(1_000_000, 1_000_000), 0));
  }
}
