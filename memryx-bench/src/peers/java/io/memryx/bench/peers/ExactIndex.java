package io.memryx.bench.peers;

import java.util.List;

/** All vectors in the heap, scored one after the other. */
final class ExactIndex implements PeerIndex<int[]> {
  private final float[][] vectors;

  /** Takes the array as it is. */
  ExactIndex(float[][] vectors) {
    this.vectors = vectors;
  }

  @Override
  public Searcher<int[]> searcher() {
    return new Searcher<>() {
      @Override
      public int[] search(float[] query, Rung rung, int k) {
        return nearest(query, Math.min(k, vectors.length));
      }

      @Override
      public int[] rows(int[] answer) {
        return answer;
      }
    };
  }

  /** The best rows so far stay sorted; few rows ever enter, so insertion is cheap. */
  private int[] nearest(float[] query, int k) {
    int[] rows = new int[k];
    float[] scores = new float[k];
    int size = 0;
    for (int row = 0; row < vectors.length; row++) {
      float score = ExactFormat.score(query, vectors[row]);
      if (size == k && score <= scores[k - 1]) {
        continue;
      }
      int place = size < k ? size++ : k - 1;
      while (place > 0 && scores[place - 1] < score) {
        rows[place] = rows[place - 1];
        scores[place] = scores[place - 1];
        place--;
      }
      rows[place] = row;
      scores[place] = score;
    }
    return rows;
  }

  @Override
  public List<Rung> ladder() {
    return List.of(new Rung("all vectors", 0, 0));
  }

  @Override
  public long memoryBytes() {
    return vectors.length == 0 ? 0 : (long) vectors.length * vectors[0].length * Float.BYTES;
  }

  @Override
  public String kernels() {
    return LuceneIndex.luceneKernels();
  }

  @Override
  public void close() {}
}
