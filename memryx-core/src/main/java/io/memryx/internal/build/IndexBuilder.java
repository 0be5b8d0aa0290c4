package io.memryx.internal.build;

import io.memryx.BuildProgress.Phase;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Metric;
import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.Training;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeBlocks;
import io.memryx.internal.quantization.CodeBudget;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.TransformBlocks;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes a cluster index of vectors: k-means, training of the quantiser, assignment, encoding,
 * calibration; or extends one by further vectors. For one build; not thread-safe.
 */
public final class IndexBuilder {
  private static final int TILE_ROWS = CentroidPanels.TILE_ROWS;

  /** Residuals that the quantiser is trained on: some forty per dimension at 384. */
  static final int TRAINING_ROWS = 16_384;

  private final VectorKernels kernels;
  private final CollectionOptions options;
  private final BuildRequest request;
  private final BuildMonitor monitor;
  private final Workers workers;
  private final int dimension;

  /** For one build, watched by the monitor. */
  public IndexBuilder(
      VectorKernels kernels,
      CollectionOptions options,
      BuildRequest request,
      BuildMonitor monitor) {
    this.kernels = kernels;
    this.options = options;
    this.request = request;
    this.monitor = monitor;
    this.workers = new Workers(request, monitor);
    this.dimension = options.dimension();
    kernels.prepareForBuild();
  }

  /**
   * The number of lists for so many vectors: 3 √n balances the centroids and the codes a search
   * reads; never so many that lists have fewer than about 16 vectors.
   */
  public static int listCount(int vectors) {
    return Math.clamp(Math.round(3 * Math.sqrt(vectors)), 1, Math.max(1, vectors / 16));
  }

  /**
   * Trains an index on vectors and puts all of them in.
   *
   * @param vectors at least one
   * @throws io.memryx.BuildCancelledException if the request says so
   */
  public ClusterIndex train(Vectors vectors) {
    int lists = listCount(vectors.size());
    KMeans.Clusters clusters =
        new KMeans(kernels, workers, monitor, dimension, lists, request.seed()).train(vectors);
    Centroids centroids = Centroids.round(options.metric(), clusters.mean(), clusters.centroids());
    monitor.begin(Phase.TRAIN, 1);
    ResidualQuantizer quantizer = trainQuantizer(clusters, centroids);
    int[] listOfRow = new int[vectors.size()];
    double energy = assign(vectors, centroids, listOfRow, 0);
    int[] starts = listStarts(listOfRow, lists);
    int[] ordinals = listOrder(listOfRow, starts);
    var listsOfRows = new InvertedLists(starts, ordinals);
    CodeBlocks codes = allocate(vectors.size(), quantizer);
    encode(vectors, centroids, quantizer, listOfRow, listsOfRows.positions(), codes);
    var index =
        new ClusterIndex(
            centroids,
            listsOfRows,
            quantizer,
            codes,
            new Training(lists, vectors.size(), (float) energy, Float.MAX_VALUE, 1));
    return new ProbeCalibration(kernels, workers, monitor, options, request)
        .calibrate(index, vectors);
  }

  private ResidualQuantizer trainQuantizer(KMeans.Clusters clusters, Centroids centroids) {
    // In random order, so its head is a random choice. Useless after this.
    float[] sample = clusters.sample();
    int rows = Math.min(TRAINING_ROWS, sample.length / dimension);
    int[] nearest = new int[rows];
    var panels = new CentroidPanels(kernels, centroids.centered(), dimension);
    panels.assignAll(workers, sample, rows, nearest, done -> {});
    float[] residuals = Arrays.copyOf(sample, rows * dimension);
    for (int row = 0; row < rows; row++) {
      centroids.subtractCentered(nearest[row], residuals, row * dimension);
    }
    KMeans.decenter(sample, clusters.mean());
    return new QuantizerTraining(
            kernels,
            workers,
            new TransformBlocks(dimension),
            CodeBudget.of(dimension, options.metric(), options.compression()))
        .train(new QuantizerTraining.Sample(residuals, sample));
  }

  /**
   * An index extended by further vectors: they are assigned and encoded with what the index was
   * trained to, and put into its lists; codes that are there are moved, not changed.
   *
   * @param dead ordinals of the index to leave out; the others keep their order and come first
   * @param added maybe none
   */
  public Extension extend(ClusterIndex index, RowSet dead, Vectors added) {
    Centroids centroids = index.centroids();
    int[] kept = dead.complement(index.lists().size());
    int[] listOfRow = new int[kept.length + added.size()];
    int[] positions = index.lists().positions();
    for (int row = 0; row < kept.length; row++) {
      listOfRow[row] = index.lists().listOf(positions[kept[row]]);
    }
    double energy = assign(added, centroids, listOfRow, kept.length);
    int[] starts = listStarts(listOfRow, centroids.count());
    var lists = new InvertedLists(starts, listOrder(listOfRow, starts));
    int[] newPositions = lists.positions();
    CodeBlocks codes = allocate(listOfRow.length, index.quantizer());
    move(index.codes(), kept, positions, codes, newPositions);
    int[] addedLists = Arrays.copyOfRange(listOfRow, kept.length, listOfRow.length);
    int[] addedPositions = Arrays.copyOfRange(newPositions, kept.length, newPositions.length);
    encode(added, centroids, index.quantizer(), addedLists, addedPositions, codes);
    return new Extension(
        new ClusterIndex(centroids, lists, index.quantizer(), codes, index.training()),
        added.size() == 0 ? 1 : drift(energy, index.training().meanResidualEnergy()));
  }

  /** A number even where all vectors that the index was trained on are their centroids. */
  private static double drift(double energy, double trainedEnergy) {
    return energy == trainedEnergy ? 1 : energy / Math.max(trainedEnergy, Float.MIN_NORMAL);
  }

  /**
   * An extended index.
   *
   * @param index the index
   * @param drift mean squared distance of the added vectors to their centroids, relative to that of
   *     the vectors the index was trained on
   */
  public record Extension(ClusterIndex index, double drift) {}

  private CodeBlocks allocate(int size, ResidualQuantizer quantizer) {
    return CodeBlocks.allocate(
        size,
        quantizer.shape().columns(),
        quantizer.shape().rowBytes(),
        options.metric() == Metric.L2 ? CodeBlocks.Addends.KEPT : CodeBlocks.Addends.NONE);
  }

  /**
   * Finds the list of every vector.
   *
   * @param listOfRow receives them from {@code offset} on
   * @return mean squared distance to the centroid, NaN of no vectors
   */
  private double assign(Vectors vectors, Centroids centroids, int[] listOfRow, int offset) {
    monitor.begin(Phase.ASSIGN, vectors.size());
    var panels = new CentroidPanels(kernels, centroids.centered(), dimension);
    double[] energies = new double[Math.ceilDiv(vectors.size(), TILE_ROWS)];
    workers.forEachBlock(
        vectors.size(),
        8 * TILE_ROWS,
        monitor::report,
        (from, to) -> {
          var scratch = new CentroidPanels.Scratch();
          float[] tile = new float[TILE_ROWS * dimension];
          for (int first = from; first < to; first += TILE_ROWS) {
            int rowCount = Math.min(TILE_ROWS, to - first);
            vectors.copyScaledTo(first, rowCount, tile, 0);
            KMeans.center(tile, rowCount, centroids.mean());
            energies[first / TILE_ROWS] =
                panels.assign(tile, 0, rowCount, listOfRow, offset + first, scratch);
          }
        });
    return Arrays.stream(energies).sum() / vectors.size();
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

  /** Moves codes from where the rows kept were to where they are now. */
  private void move(
      CodeBlocks source, int[] kept, int[] positions, CodeBlocks target, int[] newPositions) {
    workers.forEachBlock(
        kept.length,
        1 << 14,
        done -> {},
        (from, to) -> {
          for (int row = from; row < to; row++) {
            target.put(newPositions[row], source, positions[kept[row]]);
          }
        });
  }

  /** Encodes vectors in order of row, so that stored ones are read in one sweep. */
  private void encode(
      Vectors vectors,
      Centroids centroids,
      ResidualQuantizer quantizer,
      int[] listOfRow,
      int[] positions,
      CodeBlocks codes) {
    monitor.begin(Phase.ENCODE, vectors.size());
    // One for each thread: unfolding the transform for one takes as long as encoding a tile.
    var free = new ConcurrentLinkedQueue<ResidualTile>();
    workers.forEachBlock(
        vectors.size(),
        16 * TILE_ROWS,
        monitor::report,
        (from, to) -> {
          ResidualTile taken = free.poll();
          ResidualTile tile =
              taken == null ? new ResidualTile(kernels, centroids, quantizer) : taken;
          for (int first = from; first < to; first += TILE_ROWS) {
            int rowCount = Math.min(TILE_ROWS, to - first);
            tile.encode(vectors, first, rowCount, listOfRow);
            tile.putInto(codes, positions, first, rowCount);
          }
          free.add(tile);
        });
  }
}
