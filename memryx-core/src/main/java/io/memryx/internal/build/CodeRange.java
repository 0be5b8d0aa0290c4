package io.memryx.internal.build;

import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.quantization.Quantizer;
import io.memryx.internal.quantization.ScalarQuantizer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Finds the range of values that codes must cover, per dimension: from the least to the greatest
 * value, but not further than {@link #MARGIN} times the width of the data's bulk beyond that bulk.
 * Without that bound a single outlier takes all steps and leaves none to the others; an outlier's
 * own code is its nearest end of the range, and rerank sees the vector itself.
 */
final class CodeRange {
  /** Enough to know the bulk's ends to a few percent. */
  static final int SAMPLE = 2_000;

  /** The bulk is what lies between the sample's first and last hundredth. */
  private static final int TAIL = 100;

  /**
   * Wide enough for every tail that is not an outlier: eleven standard deviations of a Gaussian.
   */
  private static final float MARGIN = 2;

  private final Workers workers;
  private final int dimension;

  CodeRange(Workers workers, int dimension) {
    this.workers = workers;
    this.dimension = dimension;
  }

  /** The quantiser for these vectors, as they are scaled. */
  Quantizer train(VectorRows vectors, long seed) {
    float[] min = filled(Float.POSITIVE_INFINITY);
    float[] max = filled(Float.NEGATIVE_INFINITY);
    findExtremes(vectors, min, max);
    clipToBulk(sampleByDimension(vectors, seed), min, max);
    return ScalarQuantizer.of(min, max);
  }

  private void findExtremes(VectorRows vectors, float[] min, float[] max) {
    Object extremes = new Object();
    workers.forEachBlock(
        vectors.size(),
        4_096,
        done -> {},
        (from, to) -> {
          float[] blockMin = filled(Float.POSITIVE_INFINITY);
          float[] blockMax = filled(Float.NEGATIVE_INFINITY);
          for (int row = from; row < to; row++) {
            widen(vectors, row, blockMin, blockMax);
          }
          synchronized (extremes) {
            for (int d = 0; d < dimension; d++) {
              min[d] = Math.min(min[d], blockMin[d]);
              max[d] = Math.max(max[d], blockMax[d]);
            }
          }
        });
  }

  private static void widen(VectorRows vectors, int row, float[] min, float[] max) {
    float[] chunk = vectors.chunkOf(row);
    int offset = vectors.offsetOf(row);
    float scale = vectors.scale(row);
    for (int d = 0; d < min.length; d++) {
      float value = chunk[offset + d] * scale;
      min[d] = Math.min(min[d], value);
      max[d] = Math.max(max[d], value);
    }
  }

  /** Values of random rows, {@code dimension × sample size}. */
  private float[][] sampleByDimension(VectorRows vectors, long seed) {
    int size = Math.min(SAMPLE, vectors.size());
    var random = new SplittableRandom(seed);
    float[][] values = new float[dimension][size];
    for (int i = 0; i < size; i++) {
      int row = size == vectors.size() ? i : random.nextInt(vectors.size());
      float[] chunk = vectors.chunkOf(row);
      int offset = vectors.offsetOf(row);
      float scale = vectors.scale(row);
      for (int d = 0; d < dimension; d++) {
        values[d][i] = chunk[offset + d] * scale;
      }
    }
    return values;
  }

  private void clipToBulk(float[][] sample, float[] min, float[] max) {
    workers.forEachBlock(
        dimension,
        16,
        done -> {},
        (from, to) -> {
          for (int d = from; d < to; d++) {
            float[] sorted = sample[d];
            Arrays.sort(sorted);
            int tail = sorted.length / TAIL;
            float low = sorted[tail];
            float high = sorted[sorted.length - 1 - tail];
            float width = high - low;
            // A dimension that is one value but for a few rows has no bulk: its extremes are its
            // data.
            if (width > 0) {
              min[d] = Math.max(min[d], low - MARGIN * width);
              max[d] = Math.min(max[d], high + MARGIN * width);
            }
          }
        });
  }

  private float[] filled(float value) {
    float[] array = new float[dimension];
    Arrays.fill(array, value);
    return array;
  }
}
