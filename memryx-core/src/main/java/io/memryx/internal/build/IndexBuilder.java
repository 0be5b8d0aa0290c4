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
    long ranges = (long) CodeRange.SAMPLE * dimension;
    return Float.BYTES * (sample * dimension + centroidsAndPanels + ranges + perVector)
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
    KMeans.Clusters clusters =
        new KMeans(kernels, workers, monitor, dimension, lists, request.seed()).train(vectors);
    int[] nearest = assign(vectors, clusters);
    int[] starts = listStarts(nearest, lists);
    int[] ordinals = listOrder(nearest, starts);
    monitor.begin(BuildProgress.Phase.ENCODE, vectors.size());
    Quantizer quantizer = new CodeRange(workers, dimension).train(vectors, request.seed());
    CodeRows codes = encode(vectors, ordinals, quantizer);
    return ClusterIndex.of(
        vectors.metric(),
        new Centroids(dimension, clusters.centroids()),
        new InvertedLists(starts, ordinals),
        quantizer,
        codes);
  }

  private int[] assign(VectorRows vectors, KMeans.Clusters clusters) {
    monitor.begin(BuildProgress.Phase.ASSIGN, vectors.size());
    int dimension = vectors.dimension();
    int tileRows = CentroidPanels.TILE_ROWS;
    var panels = new CentroidPanels(kernels, clusters.centered(), dimension);
    int[] nearest = new int[vectors.size()];
    workers.forEachBlock(
        vectors.size(),
        8 * tileRows,
        monitor::report,
        (from, to) -> {
          var scratch = new CentroidPanels.Scratch();
          float[] tile = new float[tileRows * dimension];
          for (int first = from; first < to; first += tileRows) {
            int rowCount = Math.min(tileRows, to - first);
            for (int r = 0; r < rowCount; r++) {
              KMeans.center(vectors, first + r, clusters.mean(), tile, r * dimension);
            }
            panels.assign(tile, 0, rowCount, nearest, first, scratch);
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
