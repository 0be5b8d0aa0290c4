package io.memryx.bench.relevance;

import io.memryx.bench.dataset.Dataset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows that answer each query, as a judge or the data's own origin says.
 *
 * @param perQuery the relevant rows, one set per query
 */
public record Qrels(List<Set<Integer>> perQuery) {
  /** Its file: a line per query, row numbers separated by spaces. */
  private static final String FILE = "qrels.txt";

  /** Copies the sets. */
  public Qrels {
    perQuery = perQuery.stream().map(Set::copyOf).toList();
  }

  /**
   * Reads {@code qrels.txt} of a data set.
   *
   * @throws IOException if it is not there, has another number of lines than there are queries, or
   *     names rows that are not there
   */
  public static Qrels of(Dataset dataset) throws IOException {
    List<String> lines = dataset.lines(FILE, dataset.queries().rows());
    List<Set<Integer>> relevant = new ArrayList<>(lines.size());
    for (int line = 0; line < lines.size(); line++) {
      relevant.add(rows(lines.get(line), line, dataset.base().rows()));
    }
    return new Qrels(relevant);
  }

  private static Set<Integer> rows(String line, int number, int bound) throws IOException {
    try {
      Set<Integer> rows =
          Arrays.stream(line.strip().split("\\s+"))
              .map(Integer::valueOf)
              .collect(Collectors.toSet());
      if (rows.stream().allMatch(row -> row >= 0 && row < bound)) {
        return rows;
      }
    } catch (NumberFormatException e) {
      throw malformed(line, number, bound, e);
    }
    throw malformed(line, number, bound, null);
  }

  private static IOException malformed(String line, int number, int bound, @Nullable Exception e) {
    return new IOException(
        "%s, line %d is '%s': expected rows from 0 to %d, separated by spaces"
            .formatted(FILE, number + 1, line, bound - 1),
        e);
  }
}
