package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;
import java.util.List;

/**
 * Full-precision vectors in memory: {@code size × dimension} floats as they were given, in chunks
 * of a power of two of rows, and, for cosine, the factor that makes each a unit vector. An
 * immutable view: rows below {@link #size} never change, whatever its builder appends.
 */
public final class VectorRows implements Vectors {
  private static final int FLOATS_PER_CACHE_LINE = 16;

  private final Metric metric;
  private final int dimension;
  private final int shift;
  private final float[][] chunks;
  private final float[][] scales;
  private final int size;

  VectorRows(Metric metric, int dimension, float[][] chunks, float[][] scales, int size) {
    this.metric = metric;
    this.dimension = dimension;
    this.shift = chunkShift(dimension);
    this.chunks = chunks;
    this.scales = scales;
    this.size = size;
  }

  /**
   * Largest chunk, in floats: less than half of G1's smallest region (1 MiB). A larger array gets
   * regions of its own, and loses up to a third of them to rounding.
   */
  private static final int CHUNK_FLOATS = 96 << 10;

  /** How many rows a full chunk has, as a power of two. */
  static int chunkShift(int dimension) {
    return 31 - Integer.numberOfLeadingZeros(Math.max(1, CHUNK_FLOATS / dimension));
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  /** The array that holds a row. */
  public float[] chunkOf(int row) {
    return chunks[row >> shift];
  }

  /** Where in its array a row begins. */
  public int offsetOf(int row) {
    return (row & ((1 << shift) - 1)) * dimension;
  }

  /** The first row that lies in another array than this row, at most {@link #size}. */
  public int endOfChunk(int row) {
    return Math.min(size, ((row >> shift) + 1) << shift);
  }

  /**
   * 1 / |row| for cosine, 1 otherwise: what the row is multiplied by where its direction counts.
   */
  public float scale(int row) {
    return metric == Metric.COSINE ? scales[row >> shift][row & ((1 << shift) - 1)] : 1f;
  }

  @Override
  public float touch(int row) {
    float[] chunk = chunkOf(row);
    int offset = offsetOf(row);
    float touched = scale(row);
    for (int d = 0; d < dimension; d += FLOATS_PER_CACHE_LINE) {
      touched += chunk[offset + d];
    }
    return touched;
  }

  @Override
  public void copyTo(int first, int count, float[] target, int targetOffset) {
    for (int row = first; row < first + count; ) {
      int run = Math.min(first + count, endOfChunk(row)) - row;
      System.arraycopy(
          chunkOf(row),
          offsetOf(row),
          target,
          targetOffset + (row - first) * dimension,
          run * dimension);
      row += run;
    }
  }

  /** The arrays in order; the last one may have room beyond the last row. */
  public List<float[]> chunks() {
    return List.of(chunks);
  }

  /** Rows in one full chunk. */
  public int rowsPerChunk() {
    return 1 << shift;
  }

  /** Memory of the vectors and their scales. */
  public long bytes() {
    long floats = 0;
    for (float[] chunk : chunks) {
      floats += chunk.length;
    }
    return 4 * floats + (metric == Metric.COSINE ? 4L * size : 0);
  }

  /** The scale that {@link #scale} gives for a vector under this metric. */
  static float scaleOf(Metric metric, float[] vector, int offset, int dimension) {
    if (metric != Metric.COSINE) {
      return 1f;
    }
    float squared = VectorKernels.selected().dot(vector, offset, vector, offset, dimension);
    return (float) (1 / Math.sqrt(squared));
  }
}
