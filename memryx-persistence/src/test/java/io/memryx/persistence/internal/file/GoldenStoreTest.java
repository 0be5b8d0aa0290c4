package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.StoreVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores with lists, as they were written when their format version was new, give the answers they
 * gave then. So does the one that is written now, which will be the next golden one.
 */
class GoldenStoreTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @TempDir private Path temporary;

  @Test
  void open_storeOfAnyVersion_givesItsEntriesAndTheAnswersOfItsTime() throws IOException {
    Path now = Files.createDirectory(temporary.resolve("now"));
    GoldenStore.write(now);
    GoldenStore.writeLogged(now);
    List<Path> stores = new ArrayList<>(stores(now));
    assertEquals(2, stores.size());
    stores.addAll(stores(GOLDEN));
    for (Path store : stores) {
      Path copy = Files.createTempDirectory(temporary, "copy");
      copy(store, copy);
      String version = store.getFileName().toString().replace("-store", "");
      assertOpens(copy, Files.readAllLines(store.resolveSibling(version + "-answers.txt")));
      assertEquals(List.of(), StoreVerifier.verify(copy).findings(), store.toString());
    }
  }

  private static List<Path> stores(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("format-\\d+(-log)?-store"))
          .sorted()
          .toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path collection : entries.toList()) {
        Path target = Files.createDirectory(to.resolve(collection.getFileName()));
        try (Stream<Path> files = Files.list(collection)) {
          for (Path file : files.toList()) {
            Files.copy(file, target.resolve(file.getFileName()));
          }
        }
      }
    }
  }

  private static void assertOpens(Path directory, List<String> expected) {
    try (var store = DurableVectorStore.open(directory)) {
      List<String> answers = GoldenStore.answers(store);
      assertEquals(expected.size(), answers.size());
      for (int i = 0; i < expected.size(); i++) {
        assertSameAnswer(expected.get(i), answers.get(i));
      }
      for (VectorCollection collection : store.collections()) {
        assertEntries(collection);
      }
    }
  }

  /** The score may differ by rounding: other kernels add in another order. */
  private static void assertSameAnswer(String expected, String answer) {
    int expectedScore = expected.lastIndexOf(' ');
    int score = answer.lastIndexOf(' ');
    assertEquals(expected.substring(0, expectedScore), answer.substring(0, score));
    assertEquals(
        Float.parseFloat(expected.substring(expectedScore)),
        Float.parseFloat(answer.substring(score)),
        1e-4,
        answer);
  }

  private static void assertEntries(VectorCollection collection) {
    List<Entry> entries = GoldenStore.entries();
    assertEquals(entries.size(), collection.stats().vectors());
    for (Entry entry : entries) {
      Entry found = collection.get(entry.id()).orElseThrow();
      assertEquals(entry.metadata(), found.metadata());
      boolean given = collection.options().compression() == Compression.LOSSLESS;
      if (given) {
        assertArrayEquals(entry.vector(), found.vector());
      }
    }
  }
}
