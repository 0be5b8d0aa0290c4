package io.memryx.internal.build;

import io.memryx.BuildProgress;
import io.memryx.BuildRequest;
import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeRows;
import io.memryx.internal.quantization.Quantizer;
import io.memryx.internal.quantization.ScalarQuantizer;
import java.util.Arrays;

/**
 * Makes a cluster index of vectors: k-means, assignment, encoding. For one build; not thread-safe.
 */
public final class IndexBuilder {
  private final VectorKernels kernels;
  private final BuildRequest request;
  private final BuildMonitor monitor;
  private final Workers workers;

  /** For one build, watched by the monitor. */
  public IndexBuilder(VectorKernels kernels, BuildRequest request, BuildMonitor monitor) {
    this.kernels = kernels;
    this.request = request;
    this.monitor = monitor;
    this.workers = new Workers(request, monitor);
  }

  /**
   * The number of lists for so many vectors: 3 √n balances the centroids and the codes a search
   * reads; never so many that lists have fewer than about 16 vectors.
   */
  static int listCount(int vectors) {
    return Math.clamp(Math.round(3 * Math.sqrt(vectors)), 1, Math.max(1, vectors / 16));
  }

  /**
   * Memory that a build of so many vectors takes at its peak beside the vectors, its result
   * included: an upper estimate, as if nothing were collected before the end.
   */
  public static long peakBytes(int vectors, int dimension) {
    if (vectors == 0) {
      return 0;
    }
    long lists = listCount(vectors);
    long sample = Math.min(vectors, lists * KMeans.SAMPLE_PER_LIST);
    long centroidsAndPanels = 3 * lists * dimension;
    // Per vector: its place in the sample's lottery, its list, its place in the list order twice.
    long perVector = 4L * vectors;
    return Float.BYTES * (sample * dimension + centroidsAndPanels + perVector)
        + (long) vectors * dimension;
  }

  /**
   * Builds.
   *
   * @param vectors at least one
   * @throws io.memryx.BuildCancelledException if the request says so
   */
  public ClusterIndex build(VectorRows vectors) {
    int dimension = vectors.dimension();
    int lists = listCount(vectors.size());
    float[] centroids =
        new KMeans(kernels, workers, monitor, dimension, lists, request.seed()).train(vectors);
    int[] nearest = assign(vectors, centroids);
    int[] starts = listStarts(nearest, lists);
    int[] ordinals = listOrder(nearest, starts);
    monitor.begin(BuildProgress.Phase.ENCODE, vectors.size());
    Quantizer quantizer = trainQuantizer(vectors);
    CodeRows codes = encode(vectors, ordinals, quantizer);
    return ClusterIndex.of(
        vectors.metric(),
        new Centroids(dimension, centroids),
        new InvertedLists(starts, ordinals),
        quantizer,
        codes);
  }

  private int[] assign(VectorRows vectors, float[] centroids) {
    monitor.begin(BuildProgress.Phase.ASSIGN, vectors.size());
    var panels = new CentroidPanels(kernels, centroids, vectors.dimension());
    int[] nearest = new int[vectors.size()];
    workers.forEachBlock(
        vectors.size(),
        8 * CentroidPanels.TILE_ROWS,
        monitor::report,
        (from, to) -> {
          var scratch = new CentroidPanels.Scratch();
          int row = from;
          while (row < to) {
            int first = row;
            int tileEnd =
                Math.min(Math.min(to, first + CentroidPanels.TILE_ROWS), vectors.endOfChunk(first));
            panels.assign(
                vectors.chunkOf(first),
                vectors.offsetOf(first),
                tileEnd - first,
                r -> vectors.scale(first + r),
                nearest,
                first,
                scratch);
            row = tileEnd;
          }
        });
    return nearest;
  }

  /** Where each list begins when rows are put in order of their list; one more for the end. */
  static int[] listStarts(int[] listOfRow, int lists) {
    int[] starts = new int[lists + 1];
    for (int list : listOfRow) {
      starts[list + 1]++;
    }
    for (int list = 0; list < lists; list++) {
      starts[list + 1] += starts[list];
    }
    return starts;
  }

  /** The rows in order of their list, rising within each. */
  static int[] listOrder(int[] listOfRow, int[] starts) {
    int[] next = starts.clone();
    int[] order = new int[listOfRow.length];
    for (int row = 0; row < listOfRow.length; row++) {
      order[next[listOfRow[row]]++] = row;
    }
    return order;
  }

  private Quantizer trainQuantizer(VectorRows vectors) {
    int dimension = vectors.dimension();
    float[] min = filled(dimension, Float.POSITIVE_INFINITY);
    float[] max = filled(dimension, Float.NEGATIVE_INFINITY);
    Object bounds = new Object();
    workers.forEachBlock(
        vectors.size(),
        4_096,
        done -> {},
        (from, to) -> {
          float[] blockMin = filled(dimension, Float.POSITIVE_INFINITY);
          float[] blockMax = filled(dimension, Float.NEGATIVE_INFINITY);
          widen(vectors, from, to, blockMin, blockMax);
          synchronized (bounds) {
            for (int d = 0; d < dimension; d++) {
              min[d] = Math.min(min[d], blockMin[d]);
              max[d] = Math.max(max[d], blockMax[d]);
            }
          }
        });
    return ScalarQuantizer.of(min, max);
  }

  private static float[] filled(int length, float value) {
    float[] array = new float[length];
    Arrays.fill(array, value);
    return array;
  }

  private static void widen(VectorRows vectors, int from, int to, float[] min, float[] max) {
    for (int row = from; row < to; row++) {
      float[] chunk = vectors.chunkOf(row);
      int offset = vectors.offsetOf(row);
      float scale = vectors.scale(row);
      for (int d = 0; d < min.length; d++) {
        float value = chunk[offset + d] * scale;
        min[d] = Math.min(min[d], value);
        max[d] = Math.max(max[d], value);
      }
    }
  }

  private CodeRows encode(VectorRows vectors, int[] ordinals, Quantizer quantizer) {
    CodeRows codes = CodeRows.allocate(vectors.size(), quantizer.codeBytes());
    workers.forEachBlock(
        vectors.size(),
        2_048,
        monitor::report,
        (from, to) -> {
          for (int position = from; position < to; position++) {
            int row = ordinals[position];
            quantizer.encode(
                vectors.chunkOf(row),
                vectors.offsetOf(row),
                vectors.scale(row),
                codes.chunkOf(position),
                codes.offsetOf(position));
          }
        });
    return codes;
  }
}
