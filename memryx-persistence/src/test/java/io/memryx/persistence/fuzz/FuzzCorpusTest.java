package io.memryx.persistence.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.internal.file.FuzzedManifest;
import io.memryx.persistence.internal.file.FuzzedSnapshot;
import io.memryx.persistence.internal.wal.FuzzedSegment;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every input that a fuzzer began with or found, and random changes of them, through everything
 * that reads files. The fuzzer itself runs with {@code -Pfuzz}.
 */
class FuzzCorpusTest {
  private static final int MUTANTS = Integer.getInteger("memryx.fuzz.mutants", 3_000);
  private static final long SEED = Long.getLong("memryx.crash.seed", System.nanoTime());

  /** What is fuzzed. */
  enum Target {
    MANIFEST,
    SNAPSHOT,
    SEGMENT;

    private boolean takes(byte[] input) {
      return switch (this) {
        case MANIFEST -> FuzzedManifest.isTaken(input);
        case SNAPSHOT -> FuzzedSnapshot.isTaken(input);
        case SEGMENT -> FuzzedSegment.isTaken(input);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void inputsAndTheirMutants_giveSomethingOrARefusal(Target target)
      throws IOException, URISyntaxException {
    List<byte[]> corpus = new ArrayList<>();
    for (Path file : files(target)) {
      byte[] input = Files.readAllBytes(file);
      boolean taken = target.takes(input);
      assertTrue(taken || !file.getFileName().toString().startsWith("good-"), file + " is refused");
      corpus.add(input);
    }
    assertTrue(corpus.size() > 2, "the corpus is gone: " + corpus.size());
    int taken = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = mutant(corpus, new SplittableRandom(SEED + i));
      try {
        taken += target.takes(mutant) ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "%s with seed %d: %s".formatted(target, SEED + i, Arrays.toString(mutant)), e);
      }
    }
    print(
        "fuzzing's corpus: %s (seed %d): %d inputs and %d mutants of them, %d of these were taken, all others refused"
            .formatted(target, SEED, corpus.size(), MUTANTS, taken));
  }

  @SuppressWarnings("SystemOut") // read by whoever runs the tests
  private static void print(String line) {
    System.out.println("[crash] " + line);
  }

  private static List<Path> files(Target target) throws IOException, URISyntaxException {
    String name = "/fuzz/" + target.name().toLowerCase(Locale.ROOT);
    Path directory =
        Path.of(Objects.requireNonNull(FuzzCorpusTest.class.getResource(name), name).toURI());
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  /** A few bytes changed, cut out, doubled or taken from another input. */
  private static byte[] mutant(List<byte[]> corpus, SplittableRandom random) {
    byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
    for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 2; changes--) {
      int at = 1 + random.nextInt(bytes.length - 1);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        case 4 -> bytes = joined(Arrays.copyOf(bytes, at), bytes, random.nextInt(bytes.length));
        default ->
            bytes = joined(Arrays.copyOf(bytes, at), corpus.get(random.nextInt(corpus.size())), at);
      }
    }
    return bytes;
  }

  private static byte[] joined(byte[] first, byte[] second, int from) {
    int start = Math.min(from, second.length);
    byte[] joined = Arrays.copyOf(first, first.length + second.length - start);
    System.arraycopy(second, start, joined, first.length, second.length - start);
    return joined;
  }
}
