package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.memryx.BuildProgress;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Memryx;
import io.memryx.server.log.Subject;
import io.memryx.server.problem.ProblemCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

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
    // Its first phase began at 55 percent of a build that has all: 15 of 45 are done.
    assertEquals(15 / 45.0 * 100, work.percent(), 1e-9);
    assertEquals(20, eta(work), 1e-9, "5 s of this phase, and a third of the build as so far");
    assertFalse(work.stalled());
    pass(Build.STALLED_SECONDS + 1);
    assertTrue(build.status().work().stalled());
    build.progressed(new BuildProgress(BuildProgress.Phase.ENCODE, 501, 1_000));
    assertFalse(build.status().work().stalled());
  }

  private static double eta(BuildStatus.Work work) {
    Double eta = work.etaSeconds();
    assertNotNull(eta);
    return eta;
  }

  @Test
  void rest_ofASlowPhase_goesByThatPhase() {
    Build build = build("a", Build.Cause.ASKED);
    assertTrue(build.begin());
    build.progressed(new BuildProgress(BuildProgress.Phase.CLUSTER, 0, 1));
    pass(85);
    build.progressed(new BuildProgress(BuildProgress.Phase.CALIBRATE, 0, 512));
    assertEquals(15, eta(build.status().work()), 1e-9, "as if it were as fast as the others");
    pass(85);
    build.progressed(new BuildProgress(BuildProgress.Phase.CALIBRATE, 256, 512));
    BuildStatus.Work work = build.status().work();
    assertEquals(85 + 170 * 10 / 87.5, eta(work), 1e-9);
  }

  @Test
  void percent_ofABuildThatHasAllPhases_risesToItsEnd() {
    Build build = build("a", Build.Cause.ASKED);
    assertTrue(build.begin());
    double before = 0;
    for (BuildProgress.Phase phase : BuildProgress.Phase.values()) {
      for (int done = 0; done <= 4; done++) {
        pass(1);
        build.progressed(new BuildProgress(phase, done, 4));
        BuildStatus.Work work = build.status().work();
        assertTrue(work.percent() >= before, phase + " " + done + ": " + work);
        assertEquals(phase.name().toLowerCase(java.util.Locale.ROOT), work.phase());
        before = work.percent();
      }
    }
    assertEquals(100.0, before);
  }

  @Test
  void percent_ofABuildThatOnlyExtends_beginsAtZero_andTheRestIsTold() {
    Build build = build("a", Build.Cause.ASKED);
    assertTrue(build.begin());
    build.progressed(new BuildProgress(BuildProgress.Phase.ASSIGN, 0, 100));
    assertEquals(0.0, build.status().work().percent());
    assertNull(build.status().work().etaSeconds());
    pass(10);
    build.progressed(new BuildProgress(BuildProgress.Phase.ASSIGN, 100, 100));
    assertEquals(25.0, build.status().work().percent());
    assertEquals(30.0, build.status().work().etaSeconds());
    build.progressed(new BuildProgress(BuildProgress.Phase.CLUSTER, 1, 2));
    assertEquals(15.0, build.status().work().percent(), "trained anew after all");
  }

  @Test
  void commit_ofALargeSnapshot_mayTakeMinutes() {
    Build build = build("a", Build.Cause.ASKED);
    assertTrue(build.begin());
    build.progressed(new BuildProgress(BuildProgress.Phase.COMMIT, 0, 1));
    pass(Build.STALLED_COMMIT_SECONDS);
    assertFalse(build.status().work().stalled());
    pass(1);
    assertTrue(build.status().work().stalled());
  }

  /** Takes in what the thread works on when it writes the line, not when somebody looks. */
  private static final class Listening extends ListAppender<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      event.prepareForDeferredProcessing();
      super.append(event);
    }
  }

  @Test
  void progress_isToldToTheLogNowAndThen_andWhoseItIs() {
    Logger log = (Logger) LoggerFactory.getLogger("progress");
    ListAppender<ILoggingEvent> told = new Listening();
    told.start();
    log.addAppender(told);
    Build build = build("a", Build.Cause.ASKED);
    assertTrue(build.begin());
    ProgressLines lines =
        new ProgressLines(build, new Subject("request-1", "acme"), nanos::get, log);
    for (int second = 0; second < 25; second++) {
      build.progressed(new BuildProgress(BuildProgress.Phase.ASSIGN, 100L * second, 10_000));
      lines.progressed();
      pass(1);
    }
    log.detachAppender(told);
    assertEquals(
        List.of(
            "finalize a: 2.5 percent, assign 1000 of 10000, 100 a second, about 390 s to go",
            "finalize a: 5.0 percent, assign 2000 of 10000, 100 a second, about 380 s to go"),
        told.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    for (ILoggingEvent line : told.list) {
      assertEquals(Map.of("request_id", "request-1", "tenant", "acme"), line.getMDCPropertyMap());
    }
    assertEquals(new Subject(null, null), Subject.current());
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
