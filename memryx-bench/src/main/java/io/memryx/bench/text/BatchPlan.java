package io.memryx.bench.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which texts go through the model together. The scheme is fixed, for the vectors depend on it:
 * texts are taken in blocks of {@value #BLOCK}; in a block they are sorted by tokens, the longest
 * first, equals in their order; and a batch takes as many as {@value #BATCH_TOKENS} tokens hold
 * when all are as long as its first, but always one.
 */
final class BatchPlan {
  /** Texts that are sorted together. */
  static final int BLOCK = 50_000;

  /** Tokens of a batch, padding included. */
  static final int BATCH_TOKENS = 1024;

  private BatchPlan() {}

  /**
   * The batches, each the positions of its texts.
   *
   * @param tokens number of tokens of every text
   */
  static List<int[]> of(int[] tokens) {
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < tokens.length; from += BLOCK) {
      int[] longestFirst =
          IntStream.range(from, Math.min(from + BLOCK, tokens.length))
              .boxed()
              .sorted(Comparator.comparingInt((Integer text) -> tokens[text]).reversed())
              .mapToInt(Integer::intValue)
              .toArray();
      int next = 0;
      while (next < longestFirst.length) {
        int size = Math.max(1, BATCH_TOKENS / tokens[longestFirst[next]]);
        int end = Math.min(next + size, longestFirst.length);
        batches.add(Arrays.copyOfRange(longestFirst, next, end));
        next = end;
      }
    }
    return batches;
  }
}
