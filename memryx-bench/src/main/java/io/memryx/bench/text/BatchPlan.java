package io.memryx.bench.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which texts go through the model together. The scheme is fixed, for the vectors depend on it:
 * texts are sorted by tokens, the longest first, equals in their order; and a batch takes as many
 * as {@value #BATCH_TOKENS} tokens hold when all are as long as its first, but always one.
 */
final class BatchPlan {
  /** Tokens of a batch, padding included. */
  static final int BATCH_TOKENS = 1024;

  private BatchPlan() {}

  /**
   * The batches, each the positions of its texts.
   *
   * @param tokens number of tokens of every text
   */
  static List<int[]> of(int[] tokens) {
    int[] longestFirst =
        IntStream.range(0, tokens.length)
            .boxed()
            .sorted(Comparator.comparingInt((Integer text) -> tokens[text]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    List<int[]> batches = new ArrayList<>();
    int next = 0;
    while (next < longestFirst.length) {
      int size = Math.max(1, BATCH_TOKENS / tokens[longestFirst[next]]);
      int end = Math.min(next + size, longestFirst.length);
      batches.add(Arrays.copyOfRange(longestFirst, next, end));
      next = end;
    }
    return batches;
  }
}
