package io.memryx.internal.ivf;

import java.util.function.IntBinaryOperator;

/**
 * The best rows seen so far, at most {@code capacity} of them: a binary heap with the worst at its
 * root. Better is the higher score, then the row that the tie order puts first. Allocates nothing
 * after construction. Not thread-safe.
 */
public final class TopRows {
  /** Ties go to the lower row. */
  public static final IntBinaryOperator LOWER_ROW_FIRST = Integer::compare;

  private final float[] scores;
  private final int[] rows;
  private final IntBinaryOperator tieOrder;
  private int size;

  /**
   * Holds nothing yet.
   *
   * @param tieOrder compares two rows of equal score: negative if the first one is the better;
   *     asked only for ties
   */
  public TopRows(int capacity, IntBinaryOperator tieOrder) {
    this.scores = new float[capacity];
    this.rows = new int[capacity];
    this.tieOrder = tieOrder;
  }

  /** Takes the row if it is among the best. */
  public void offer(float score, int row) {
    if (size < scores.length) {
      siftUp(size++, score, row);
    } else if (isWorse(scores[0], rows[0], score, row)) {
      siftDown(score, row);
    }
  }

  /** What a row must score to be taken, give or take a tie. */
  public float worstScore() {
    return size < scores.length ? Float.NEGATIVE_INFINITY : scores[0];
  }

  /** Number of rows that can be held. */
  public int capacity() {
    return scores.length;
  }

  /** Number of rows held. */
  public int size() {
    return size;
  }

  /** A row held, in no order. */
  public int row(int index) {
    return rows[index];
  }

  /** The score of the row at the same index. */
  public float score(int index) {
    return scores[index];
  }

  private boolean isWorse(float score, int row, float otherScore, int otherRow) {
    if (score != otherScore) {
      return score < otherScore;
    }
    return tieOrder.applyAsInt(row, otherRow) > 0;
  }

  private void siftUp(int hole, float score, int row) {
    int at = hole;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!isWorse(score, row, scores[parent], rows[parent])) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    place(at, score, row);
  }

  private void siftDown(float score, int row) {
    int at = 0;
    int firstLeaf = size >>> 1;
    while (at < firstLeaf) {
      int child = 2 * at + 1;
      int sibling = child + 1;
      if (sibling < size && isWorse(scores[sibling], rows[sibling], scores[child], rows[child])) {
        child = sibling;
      }
      if (!isWorse(scores[child], rows[child], score, row)) {
        break;
      }
      move(child, at);
      at = child;
    }
    place(at, score, row);
  }

  private void move(int from, int to) {
    scores[to] = scores[from];
    rows[to] = rows[from];
  }

  private void place(int at, float score, int row) {
    scores[at] = score;
    rows[at] = row;
  }
}
