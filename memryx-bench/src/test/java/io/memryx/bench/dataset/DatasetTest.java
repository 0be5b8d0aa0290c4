package io.memryx.bench.dataset;

import static io.memryx.bench.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.persistence.exchange.MalformedFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatasetTest {
  private static final float[][] BASE = {{1, 0}, {0, 1}, {-1, 0}};
  private static final float[][] QUERIES = {{1, 1}};
  private static final int[][] TRUTH = {{0, 1}};

  @TempDir private Path directory;

  @Test
  void open_float16Base_read() throws IOException {
    VectorFiles.halves(directory.resolve("base.f16.npy"), BASE);
    queriesAndTruth();

    Dataset dataset = Dataset.open(directory);

    assertArrayEquals(BASE, dataset.base().first(3));
    assertArrayEquals(QUERIES, dataset.queries().first(1));
    assertArrayEquals(TRUTH[0], dataset.truth().row(0));
  }

  @Test
  void open_fvecsBase_read() throws IOException {
    base();
    queriesAndTruth();

    assertArrayEquals(BASE, Dataset.open(directory).base().first(3));
  }

  @Test
  void open_emptyFolder_namesEverythingThatIsMissing() {
    var failure = assertThrows(NoSuchFileException.class, () -> Dataset.open(directory));

    for (String name : List.of("base.f16.npy", "base.npy", "base.fvecs", "queries", "gt.ivecs")) {
      assertMentions(name, failure);
    }
  }

  @Test
  void open_noTruth_namesIt() {
    base();
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), QUERIES);

    var failure = assertThrows(NoSuchFileException.class, () -> Dataset.open(directory));

    assertMentions("missing: gt.ivecs;", failure);
  }

  @Test
  void open_queriesOfAnotherDimension_refused() {
    base();
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), new float[][] {{1, 1, 1}});
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), TRUTH);

    var failure = assertThrows(IllegalArgumentException.class, () -> Dataset.open(directory));

    assertMentions("3 dimensions", failure);
  }

  @Test
  void open_truthOfOtherQueries_refused() {
    base();
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), QUERIES);
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), new int[][] {{0, 1}, {1, 0}});

    assertThrows(IllegalArgumentException.class, () -> Dataset.open(directory));
  }

  @Test
  void open_truthBeyondTheBase_saysWhere() {
    base();
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), QUERIES);
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), new int[][] {{0, 3}});

    var failure = assertThrows(MalformedFileException.class, () -> Dataset.open(directory));

    assertEquals(8, failure.offset());
    assertMentions("has the value 3", failure);
  }

  @Test
  void texts_oneLinePerVector_read() throws IOException {
    base();
    queriesAndTruth();
    Files.writeString(directory.resolve("docs.txt"), "a\nb\nc\n");
    Files.writeString(directory.resolve("ids.txt"), "noun-1\nnoun-2\n");
    Dataset dataset = Dataset.open(directory);

    assertEquals(List.of("a", "b", "c"), dataset.texts());
    var failure = assertThrows(MalformedFileException.class, dataset::sourceIds);
    assertMentions("2 lines", failure);
  }

  private void base() {
    VectorFiles.fvecs(directory.resolve("base.fvecs"), BASE);
  }

  private void queriesAndTruth() {
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), QUERIES);
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), TRUTH);
  }
}
