package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.Mutation;
import io.memryx.server.http.FuzzedRequests.Target;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every input that a fuzzer began with or found, and random changes of them, through all that reads
 * requests. The fuzzer itself runs with {@code -Pfuzz}.
 */
final class FuzzCorpusTest {
  private static final int MUTANTS = Integer.getInteger("memryx.fuzz.mutants", 3_000);
  private static final long SEED = Long.getLong("memryx.fuzz.seed", System.nanoTime());

  private static List<Path> files(Target target) throws IOException, URISyntaxException {
    String name = "/fuzz/" + target.inputs();
    Path directory =
        Path.of(Objects.requireNonNull(FuzzCorpusTest.class.getResource(name), name).toURI());
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void inputsAndTheirMutants_areTakenOrRefused(Target target)
      throws IOException, URISyntaxException {
    List<byte[]> corpus = new ArrayList<>();
    for (Path file : files(target)) {
      byte[] input = Files.readAllBytes(file);
      boolean good = file.getFileName().toString().startsWith("good-");
      assertTrue(target.takes(input) || !good, file + " is refused");
      corpus.add(input);
    }
    assertTrue(corpus.size() > 2, "the corpus is gone: " + corpus.size());
    int taken = 0;
    for (long seed = SEED; seed < SEED + MUTANTS; seed++) {
      byte[] mutant = Mutation.of(corpus, new SplittableRandom(seed));
      try {
        taken += target.takes(mutant) ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "%s with seed %d: %s".formatted(target, seed, HexFormat.of().formatHex(mutant)), e);
      }
    }
    print(
        "%s (seed %d): %d inputs and %d mutants of them, %d of these were taken, all others refused"
            .formatted(target, SEED, corpus.size(), MUTANTS, taken));
  }

  @SuppressWarnings("SystemOut") // read by whoever runs the tests
  private static void print(String line) {
    System.out.println("[fuzz] " + line);
  }
}
