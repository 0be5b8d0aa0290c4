package io.memryx.persistence.linearizability;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * That every call takes effect at one moment between its beginning and its end, by Lincheck: random
 * calls in three threads, run again and again, and their answers compared with those of every order
 * that could have been.
 */
class LinearizabilityTest {

  /** Choices of calls; the deep profile has more. */
  private static final int ITERATIONS = Integer.getInteger("memryx.lincheck.iterations", 30);

  /** Runs of each choice. */
  private static final int RUNS = 500;

  @Test
  void writesReadsAndSearches_areLinearizable() {
    check(CollectionCalls.class);
  }

  @Test
  void writesReadsAndSearches_whileBuildsGoOn_areLinearizable() {
    check(CollectionCallsWithBuilds.class);
  }

  @Test
  void everything_untilTheCollectionIsDropped_isLinearizable() {
    check(CollectionCallsUntilDropped.class);
  }

  @Test
  void batchThatIsNotAtomic_isFound() {
    assertThrows(LincheckAssertionError.class, () -> check(CollectionCallsWithARace.class));
  }

  private static void check(Class<?> calls) {
    new StressOptions()
        .sequentialSpecification(SequentialCalls.class)
        .threads(3)
        .actorsBefore(2)
        .actorsPerThread(3)
        .actorsAfter(2)
        .iterations(ITERATIONS)
        .invocationsPerIteration(RUNS)
        .check(calls);
  }
}
