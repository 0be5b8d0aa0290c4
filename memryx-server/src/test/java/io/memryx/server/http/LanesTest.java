package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LanesTest {
  private static final long TIMEOUT_SECONDS = 20;
  private static final int PLACES_OF_ONE = 128;

  private final CountDownLatch held = new CountDownLatch(1);
  private final Lanes lanes = new Lanes(2, System::nanoTime);

  @AfterEach
  void close() {
    held.countDown();
    lanes.close();
  }

  private void hold() {
    try {
      assertTrue(held.await(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void assertRuns(Lanes.Lane lane, String party) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    lanes.enter(lane, party).execute(done::countDown);
    assertTrue(done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS), lane + " of " + party);
  }

  @Test
  void enter_onePartyFillsItsPart_isRefused_othersAreServedAtOnce() throws InterruptedException {
    for (int request = 0; request < PLACES_OF_ONE; request++) {
      lanes.enter(Lanes.Lane.READS, "tenant greedy").execute(this::hold);
    }
    var refused =
        assertThrows(ProblemException.class, () -> lanes.enter(Lanes.Lane.READS, "tenant greedy"));
    assertEquals(ProblemCode.OVERLOADED, refused.problem().code());
    assertRuns(Lanes.Lane.READS, "tenant modest");
    assertRuns(Lanes.Lane.WRITES, "tenant greedy");
    assertRuns(Lanes.Lane.LONG, "tenant greedy");
  }

  @Test
  void uploads_ofSomeWhoNeverEnd_leaveWhatTakesLongToTheOthers() throws InterruptedException {
    for (int party = 0; party < 8; party++) {
      for (int upload = 0; upload < 4; upload++) {
        lanes.enter(Lanes.Lane.UPLOADS, "tenant " + party).execute(this::hold);
      }
    }
    assertRuns(Lanes.Lane.LONG, "tenant modest");
  }

  @Test
  void awaitEnd_somebodyIsAtWork_isFalse_andTrueOnceNobodyIs() throws InterruptedException {
    lanes.enter(Lanes.Lane.LONG, "tenant modest").execute(this::hold);
    assertFalse(lanes.awaitEnd(0));
    held.countDown();
    assertTrue(lanes.awaitEnd(TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS)));
  }

  @Test
  void goOn_isServedWhereEnterIsRefused() throws InterruptedException {
    for (int request = 0; request < PLACES_OF_ONE; request++) {
      lanes.enter(Lanes.Lane.READS, "tenant greedy").execute(this::hold);
    }
    CountDownLatch done = new CountDownLatch(1);
    lanes.goOn(Lanes.Lane.READS, "tenant greedy", done::countDown);
    held.countDown();
    assertTrue(done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void lane_isByWhatHoldsAThread() {
    assertEquals(Lanes.Lane.READS, Lanes.of(Route.Runs.ON_WORKER, 1 << 20));
    assertEquals(Lanes.Lane.WRITES, Lanes.of(Route.Runs.AS_WRITE, 1_000));
    assertEquals(Lanes.Lane.LONG, Lanes.of(Route.Runs.AS_WRITE, 1 << 20));
    assertEquals(Lanes.Lane.LONG, Lanes.of(Route.Runs.AT_LENGTH, 0));
  }
}
