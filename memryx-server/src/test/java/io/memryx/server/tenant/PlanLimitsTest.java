package io.memryx.server.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class PlanLimitsTest {
  private Instant today = Instant.parse("2026-11-22T23:59:00Z");
  private long nanos;
  private Terms terms = Terms.of(Plan.FREE);
  private final PlanLimits free = new PlanLimits(() -> terms, () -> today, () -> nanos);

  private static Problem refused(Executable call) {
    return assertThrows(ProblemException.class, call).problem();
  }

  @Test
  void vectors_beyondThePlan_are507() {
    free.requireRoom(9_999, 1);
    Problem problem = refused(() -> free.requireRoom(9_999, 2));
    assertEquals(ProblemCode.QUOTA_EXCEEDED, problem.code());
    assertEquals(507, problem.code().status());
    assertTrue(problem.detail().contains("10000"), problem.detail());
  }

  @Test
  void adds_comeBackWithTime() {
    free.admitAdds(100);
    Problem problem = refused(() -> free.admitAdds(50));
    assertEquals(ProblemCode.RATE_LIMITED, problem.code());
    assertEquals(30, problem.retryAfterSeconds().orElse(0));
    nanos += Duration.ofSeconds(30).toNanos();
    free.admitAdds(50);
    assertEquals(ProblemCode.RATE_LIMITED, refused(() -> free.admitAdds(1)).code());
  }

  @Test
  void searches_atOneTime_areLimited() {
    try (var _ = free.admitSearches(1);
        var _ = free.admitSearches(1)) {
      assertEquals(ProblemCode.RATE_LIMITED, refused(() -> free.admitSearches(1)).code());
    }
    free.admitSearches(1).close();
  }

  @Test
  void searches_refused_giveTheirPlaceBack() {
    free.admitSearches(5).close();
    for (int attempt = 0; attempt < 10; attempt++) {
      assertEquals(ProblemCode.RATE_LIMITED, refused(() -> free.admitSearches(6)).code());
    }
    assertEquals(5, free.searchesToday());
    nanos += Duration.ofSeconds(1).toNanos();
    free.admitSearches(5).close();
    assertEquals(10, free.searchesToday());
  }

  /** The default sample of a recall, on a plan of five searches per second. */
  @Test
  void searches_batchLargerThanTheRate_costsAsManySeconds() {
    free.admitSearches(100).close();
    Problem problem = refused(() -> free.admitSearches(1));
    assertEquals(ProblemCode.RATE_LIMITED, problem.code());
    assertEquals(20, problem.retryAfterSeconds().orElse(0));
    nanos += Duration.ofSeconds(20).toNanos();
    free.admitSearches(1).close();
  }

  @Test
  void searches_batchLargerThanTheDay_isToldWhatWouldDo() {
    Problem problem = refused(() -> free.admitSearches(5_001));
    assertTrue(problem.hint().contains("at most 5000 queries"), problem.hint());
    assertEquals(0, free.searchesToday());
  }

  @Test
  void searches_ofADay_endAtMidnight() {
    for (int second = 0; second < 1_000; second++) {
      free.admitSearches(5).close();
      nanos += Duration.ofSeconds(1).toNanos();
    }
    Problem problem = refused(() -> free.admitSearches(1));
    assertEquals(ProblemCode.RATE_LIMITED, problem.code());
    assertTrue(problem.detail().contains("per day"), problem.detail());
    assertEquals(61, problem.retryAfterSeconds().orElse(0));
    today = today.plus(Duration.ofSeconds(61));
    free.admitSearches(1).close();
  }
}
