package io.memryx.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The watch on kernels, with a clock that the tests turn. */
class WatchedKernelsTest {
  private static final int COLUMNS = WatchedKernels.MIN_COLUMNS;
  private static final int ROWS = VectorKernels.BLOCK_ROWS;

  private final VectorKernels first = ScalarKernels.because("the first");
  private final VectorKernels second = ScalarKernels.because("the second");

  /** What a call takes; the clock is read twice a timed call. */
  private long nanosPerCall;

  private long now;

  private WatchedKernels cold(VectorKernels... candidates) {
    return new WatchedKernels(512, List.of(candidates).iterator(), () -> now += nanosPerCall);
  }

  /** Watched kernels whose first candidate works. */
  private WatchedKernels watch(VectorKernels... candidates) {
    WatchedKernels kernels = cold(candidates);
    kernels.warmUp();
    return kernels;
  }

  @Test
  void scanBlocks_slowForLong_givesWayToTheNext() {
    nanosPerCall = COLUMNS * 100;
    WatchedKernels kernels = watch(first, second);
    assertEquals(first.description(), kernels.description());
    scan(kernels, Pace.PATIENCE);
    assertEquals(second.description(), kernels.description());
    scan(kernels, 2 * Pace.PATIENCE);
    assertEquals(second.description(), kernels.description(), "the last is never given up");
  }

  @Test
  void scanBlocks_fast_stays() {
    nanosPerCall = COLUMNS * 10;
    WatchedKernels kernels = watch(first, second);
    scan(kernels, 3 * Pace.PATIENCE);
    assertEquals(first.description(), kernels.description());
  }

  @Test
  void dotLevels_slowForLong_givesWayToTheNext() {
    nanosPerCall = COLUMNS * 100;
    WatchedKernels kernels = watch(first, second);
    CodeShape shape =
        new CodeShape(
            new byte[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
            Collections.nCopies(CodeShape.MAX_BITS, LevelPolynomial.ofSign(1)));
    float[] weights = new float[shape.weightsLength()];
    byte[] codes = new byte[1 << 16];
    for (int call = 0; call < calls(Pace.PATIENCE); call++) {
      kernels.dotLevels(shape, weights, new byte[COLUMNS], 0, 1, codes, call * 7 & 0x7fff);
    }
    assertEquals(second.description(), kernels.description());
  }

  @Test
  void warmUp_favouriteAtItsPace_endsAtTheFirstLooks() {
    nanosPerCall = 10;
    cold(first, second).warmUp();
    assertEquals(5 * nanosPerCall, now);
  }

  @Test
  void warmUp_compilerThatNeverComes_isNotWaitedForLongerThanTenSeconds() {
    nanosPerCall = 200_000_000;
    cold(first, second).warmUp();
    assertTrue(now > 10_000_000_000L && now <= 11_000_000_000L, now + " ns");
  }

  @Test
  void warmUp_kernelsThatFail_leavesScalarOnesAtWork() {
    var kernels =
        new WatchedKernels(
            512,
            Stream.<VectorKernels>generate(
                    () -> {
                      throw new IllegalStateException("no such kernels");
                    })
                .iterator(),
            () -> now);
    kernels.warmUpOrDoWithout();
    assertTrue(kernels.description().startsWith("scalar"), kernels.description());
    assertEquals(6, kernels.dot(new float[] {2}, 0, new float[] {3}, 0, 1));
  }

  @Test
  void scanBlocks_whileWarmingUp_isNotHeldAgainstTheFavourite() {
    var end = new CountDownLatch(1);
    Thread test = Thread.currentThread();
    var kernels =
        new WatchedKernels(
            512,
            List.of(first, second).iterator(),
            () -> {
              if (!Thread.currentThread().equals(test)) {
                awaitUninterruptibly(end);
              }
              now += COLUMNS * 100;
              return now;
            });
    scan(kernels, Pace.PATIENCE);
    assertEquals("SIMD, 512 bits", kernels.description());
    assertEquals(0, now, "nothing was timed");
    end.countDown();
  }

  @Test
  void candidates_areAskedForOnlyWhenNeeded() {
    nanosPerCall = COLUMNS * 100;
    var asked = new ArrayList<VectorKernels>();
    var kernels =
        new WatchedKernels(
            512,
            List.of(first, second).stream().peek(asked::add).iterator(),
            () -> now += nanosPerCall);
    assertEquals(List.of(), asked);
    kernels.warmUp();
    assertEquals(List.of(first), asked);
    scan(kernels, Pace.PATIENCE);
    assertEquals(List.of(first, second), asked);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void pace_oneFastTimeInAWindow_startsAgain() {
    Pace pace = new Pace(50);
    List<Boolean> slow = new ArrayList<>();
    for (int window = 0; window < 4 * Pace.PATIENCE; window++) {
      for (int time = 0; time < Pace.WINDOW; time++) {
        boolean fast = window % Pace.PATIENCE == 0 && time == 5;
        slow.add(pace.slowAfter(fast ? 100 : 10_000, 10));
      }
    }
    assertFalse(slow.contains(true), "a slow window too few in a row, again and again");
  }

  @Test
  void pace_slowWindowsInARow_areReported() {
    Pace pace = new Pace(50);
    for (int time = 1; time < Pace.WINDOW * Pace.PATIENCE; time++) {
      assertFalse(pace.slowAfter(501, 10));
    }
    assertTrue(pace.slowAfter(501, 10));
  }

  /** About so many calls make that many windows: which of them are timed depends on offsets. */
  private static int calls(int windows) {
    return (windows + 1) * Pace.WINDOW * WatchedKernels.CALLS_PER_TIME;
  }

  private static void scan(WatchedKernels kernels, int windows) {
    LookupTables tables = LookupTables.of(new float[COLUMNS * 8], COLUMNS, 1);
    byte[] codes = new byte[1 << 17];
    byte[] factors = new byte[ROWS];
    float[] addends = new float[ROWS];
    var scores = new BlockScores();
    for (int call = 0; call < calls(windows); call++) {
      int offset = call * COLUMNS * ROWS & 0xffff;
      kernels.scanBlocks(tables, 1, codes, offset, factors, 0, 0, addends, 0, 0, scores);
    }
  }
}
