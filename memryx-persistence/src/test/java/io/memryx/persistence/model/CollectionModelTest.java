package io.memryx.persistence.model;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random operations on a collection against a plain map with brute force. */
class CollectionModelTest {

  /** Number of sequences; the deep profile plays more. */
  private static final int SEQUENCES = Integer.getInteger("memryx.model.sequences", 2_000);

  /** Where they begin: {@code -Dmemryx.model.seed=N -Dmemryx.model.sequences=1} plays one again. */
  private static final long FIRST_SEED = Long.getLong("memryx.model.seed", 0);

  @Test
  void randomOperations_alsoDuringBuildsAndOverRestarts_agreeWithAMap() {
    LongStream.range(FIRST_SEED, FIRST_SEED + SEQUENCES)
        .parallel()
        .filter(seed -> failure(SequenceGenerator.sequence(seed)).isPresent())
        .findAny()
        .ifPresent(CollectionModelTest::report);
  }

  private static void report(long seed) {
    Sequence smallest =
        new Shrinker(sequence -> failure(sequence).isPresent())
            .shrink(SequenceGenerator.sequence(seed));
    fail(
        "seed %d fails; shrunk, it is%n%s".formatted(seed, smallest),
        failure(smallest).orElseThrow());
  }

  private static Optional<Throwable> failure(Sequence sequence) {
    try {
      Player.play(sequence);
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e);
    }
  }
}
