package io.memryx.server.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RateLimitTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private long nanos;
  private final RateLimit rate = new RateLimit(Duration.ofMinutes(1), () -> nanos);

  @Test
  void tokens_comeBackEvenly() {
    assertEquals(0, rate.tryTake(60, 60));
    assertEquals(SECOND, rate.tryTake(1, 60));
    nanos += SECOND;
    assertEquals(0, rate.tryTake(1, 60));
    assertEquals(30 * SECOND, rate.tryTake(30, 60));
  }

  @Test
  void refused_takesNothing() {
    assertEquals(0, rate.tryTake(59, 60));
    assertNotEquals(0, rate.tryTake(2, 60));
    assertEquals(0, rate.tryTake(1, 60));
  }

  @Test
  void moreThanTheLimit_isTakenWhenAllIsThere_andHasToComeBackFirst() {
    assertEquals(0, rate.tryTake(90, 60));
    assertEquals(31 * SECOND, rate.tryTake(1, 60));
    nanos += 31 * SECOND;
    assertEquals(0, rate.tryTake(1, 60));
    assertEquals(60 * SECOND, rate.tryTake(90, 60));
    nanos += 59 * SECOND;
    assertEquals(SECOND, rate.tryTake(90, 60));
    nanos += SECOND;
    assertEquals(0, rate.tryTake(90, 60));
  }

  @Test
  void moreThanTheLimit_refused_takesNothing() {
    assertEquals(0, rate.tryTake(1, 60));
    assertEquals(SECOND, rate.tryTake(90, 60));
    assertEquals(0, rate.tryTake(59, 60));
  }

  @Test
  void noLimit_isNone() {
    assertEquals(0, rate.tryTake(1_000_000, Limit.NONE));
    assertEquals(0, rate.tryTake(60, 60));
  }

  @Test
  void limit_raised_addsTheDifference() {
    assertEquals(0, rate.tryTake(60, 60));
    assertEquals(0, rate.tryTake(40, 100));
    assertNotEquals(0, rate.tryTake(1, 100));
  }

  @Test
  void limit_lowered_leavesNoMoreThanThat() {
    assertEquals(0, rate.tryTake(50, 100));
    assertEquals(0, rate.tryTake(30, 30));
    assertNotEquals(0, rate.tryTake(1, 30));
  }
}
