package io.memryx.bench.truth;

import io.memryx.bench.dataset.Dataset;
import io.memryx.persistence.exchange.VecsWriter;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The file {@code gt.ivecs} in the making: per query the rows of the nearest base vectors by inner
 * product with what the base file holds, best first, of equal scores the smaller row first.
 */
public final class TruthFile {
  /** The file's name in a data set's folder. */
  public static final String NAME = "gt.ivecs";

  /** Rows of truth that the given sets have, and that the deepest question needs. */
  public static final int DEPTH = 100;

  private final Path directory;
  private final List<Ranking> rankings;

  private TruthFile(Path directory, List<Ranking> rankings) {
    this.directory = directory;
    this.rankings = rankings;
  }

  /** Scans the base vectors of a folder for its queries. */
  public static TruthFile scan(Path directory, int depth, int threads) throws IOException {
    VectorRows base = Dataset.openBase(directory);
    VectorRows queries = Dataset.openQueries(directory);
    if (queries.dimension() != base.dimension()) {
      throw new IOException(
          "%s has %d dimensions, %s has %d: they are not of one data set"
              .formatted(queries.path(), queries.dimension(), base.path(), base.dimension()));
    }
    return new TruthFile(
        directory, new BlockedScan(base).nearest(queries.first(queries.rows()), depth, threads));
  }

  /** Writes the file; what was there before stays until the new one is whole. */
  public Path write() throws IOException {
    Path file = directory.resolve(NAME);
    Path unfinished = directory.resolve(NAME + ".unfinished");
    VecsWriter.ints(unfinished, rankings.stream().map(TruthFile::rows).toList());
    return Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Per query, the rows. */
  public List<int[]> rows() {
    return rankings.stream().map(TruthFile::rows).toList();
  }

  /** How near the neighbors are, in one line: what tells one kind of data from another. */
  public String description() {
    StringBuilder text = new StringBuilder("mean inner product:");
    for (int rank : List.of(1, 10, 100)) {
      if (rankings.stream().allMatch(ranking -> ranking.size() >= rank)) {
        double mean =
            rankings.stream()
                .mapToDouble(ranking -> ranking.score(rank - 1))
                .average()
                .orElse(Double.NaN);
        text.append(String.format(Locale.ROOT, " top-%d %.3f", rank, mean));
      }
    }
    return text.toString();
  }

  private static int[] rows(Ranking ranking) {
    return IntStream.range(0, ranking.size()).map(ranking::row).toArray();
  }
}
