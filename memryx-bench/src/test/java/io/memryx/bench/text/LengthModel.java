package io.memryx.bench.text;

import java.util.List;

/** A text's vector is its length and the number of texts in its batch. */
final class LengthModel implements EmbeddingModel {
  @Override
  public int dimension() {
    return 2;
  }

  @Override
  public List<long[]> tokens(List<String> texts) {
    return texts.stream()
        .map(text -> text.equals("fail") ? new long[1000] : new long[text.length()])
        .toList();
  }

  @Override
  public float[][] embed(List<long[]> batch) {
    float[][] vectors = new float[batch.size()][];
    for (int i = 0; i < vectors.length; i++) {
      if (batch.get(i).length == 1000) {
        throw new IllegalArgumentException("no");
      }
      vectors[i] = new float[] {batch.get(i).length, batch.size()};
    }
    return vectors;
  }
}
