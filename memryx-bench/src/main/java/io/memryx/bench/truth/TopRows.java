package io.memryx.bench.truth;

import java.util.Arrays;

/** The best rows seen so far, as a sorted array; of equal scores the smaller row is better. */
final class TopRows {
  private final int[] rows;
  private final double[] scores;
  private int size;

  TopRows(int capacity) {
    rows = new int[capacity];
    scores = new double[capacity];
  }

  /** Takes a row in if it is good enough. Rows must come in rising order. */
  void offer(int row, double score) {
    if (size == rows.length && score <= scores[size - 1]) {
      return;
    }
    int place = size < rows.length ? size++ : size - 1;
    while (place > 0 && scores[place - 1] < score) {
      rows[place] = rows[place - 1];
      scores[place] = scores[place - 1];
      place--;
    }
    rows[place] = row;
    scores[place] = score;
  }

  Ranking ranking() {
    return new Ranking(Arrays.copyOf(rows, size), Arrays.copyOf(scores, size));
  }
}
