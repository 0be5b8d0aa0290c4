package io.memryx.internal.build;

import io.memryx.BuildProgress.Phase;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.Training;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeBudget;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.SignBlocks;
import io.memryx.internal.quantization.TransformBlocks;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes a cluster index of vectors: k-means, training of the quantiser, assignment, encoding,
 * calibration; or extends one by further vectors. For one build; not thread-safe.
 */
public final class IndexBuilder {
  private static final int TILE_ROWS = CentroidPanels.TILE_ROWS;

  /** Residuals that the quantiser is trained on: some forty per dimension at 384. */
  static final int TRAINING_ROWS = 16_384;

  /** Vectors that drift is decided on: their mean distance is known to about a hundredth. */
  private static final int DRIFT_SAMPLE = 4_096;

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
    Assignment assigned =
        isSpilled(options.compression(), lists)
            ? Assignment.toTwoLists(vectors.size())
            : Assignment.toOneList(vectors.size());
    double energy = assign(vectors, centroids, assigned, 0);
    if (clusters.heldOut().length > 0) {
      energy = residualEnergy(vectors, clusters.heldOut(), centroids);
    }
    var training = new Training(lists, vectors.size(), (float) energy, Float.MAX_VALUE, 1);
    IndexLayout layout = allocate(assigned, centroids, quantizer, training);
    encode(vectors, 0, layout);
    return new ProbeCalibration(kernels, workers, monitor, options, request)
        .calibrate(layout.index(), vectors);
  }

  /** Whether rows get a second list: where speed counts for more than the last tens of bytes. */
  static boolean isSpilled(Compression compression, int lists) {
    return compression == Compression.LOSSLESS && lists > 1;
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
    IndexLayout source = IndexLayout.of(index);
    int rows = kept.length + added.size();
    Assignment assigned =
        index.isSpilled() ? Assignment.toTwoLists(rows) : Assignment.toOneList(rows);
    for (int row = 0; row < kept.length; row++) {
      assigned.copy(row, source.assigned(), kept[row]);
    }
    double energy = assign(added, centroids, assigned, kept.length);
    IndexLayout layout = allocate(assigned, centroids, index.quantizer(), index.training());
    workers.forEachBlock(
        kept.length,
        1 << 14,
        done -> {},
        (from, to) -> {
          for (int row = from; row < to; row++) {
            layout.putRow(row, source, kept[row]);
          }
        });
    encode(added, kept.length, layout);
    return new Extension(
        layout.index(),
        added.size() == 0 ? 1 : drift(energy, index.training().meanResidualEnergy()));
  }

  /**
   * Measures how much farther from their centroids vectors are than others like those the index was
   * trained on, before anything is done with them: as {@link Extension#drift}, of no more than a
   * sample.
   *
   * @param added at least one
   */
  public double drift(ClusterIndex index, Vectors added) {
    int rows = Math.min(added.size(), DRIFT_SAMPLE);
    int[] sample = new int[rows];
    for (int i = 0; i < rows; i++) {
      sample[i] = (int) ((long) i * added.size() / rows);
    }
    double energy = residualEnergy(added, sample, index.centroids());
    return drift(energy, index.training().meanResidualEnergy());
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
   *     vectors of the training that the centroids were not fitted to
   */
  public record Extension(ClusterIndex index, double drift) {}

  private IndexLayout allocate(
      Assignment assigned, Centroids centroids, ResidualQuantizer quantizer, Training training) {
    return IndexLayout.allocate(
        assigned,
        centroids,
        quantizer,
        options.metric() == Metric.L2 ? SignBlocks.Addends.KEPT : SignBlocks.Addends.NONE,
        training);
  }

  /**
   * Finds the lists of every vector.
   *
   * @param assigned receives them from row {@code offset} on
   * @return mean squared distance to the first centroid, NaN of no vectors
   */
  private double assign(Vectors vectors, Centroids centroids, Assignment assigned, int offset) {
    monitor.begin(Phase.ASSIGN, vectors.size());
    float[] centered = centroids.centered();
    var panels = new CentroidPanels(kernels, centered, dimension);
    @Nullable SecondLists seconds = assigned.isSpilled() ? new SecondLists(panels, centered) : null;
    double[] energies = new double[Math.ceilDiv(vectors.size(), TILE_ROWS)];
    workers.forEachBlock(
        vectors.size(),
        8 * TILE_ROWS,
        monitor::report,
        (from, to) -> {
          CentroidPanels.Scratch scratch =
              seconds == null ? panels.newScratch() : panels.newKeepingScratch();
          SecondLists.@Nullable Chooser chooser = seconds == null ? null : seconds.new Chooser();
          float[] tile = new float[TILE_ROWS * dimension];
          for (int first = from; first < to; first += TILE_ROWS) {
            int rowCount = Math.min(TILE_ROWS, to - first);
            vectors.copyScaledTo(first, rowCount, tile, 0);
            KMeans.center(tile, rowCount, centroids.mean());
            energies[first / TILE_ROWS] =
                panels.assign(tile, 0, rowCount, assigned.first(), offset + first, scratch);
            for (int row = 0; chooser != null && row < rowCount; row++) {
              float squared = kernels.dot(tile, row * dimension, tile, row * dimension, dimension);
              int list = assigned.first()[offset + first + row];
              assigned.second()[offset + first + row] = chooser.choose(scratch, row, squared, list);
            }
          }
        });
    return Arrays.stream(energies).sum() / vectors.size();
  }

  /** Mean squared distance of some rows to their nearest centroids. */
  private double residualEnergy(Vectors vectors, int[] rows, Centroids centroids) {
    var panels = new CentroidPanels(kernels, centroids.centered(), dimension);
    double[] energies = new double[Math.ceilDiv(rows.length, TILE_ROWS)];
    workers.forEachBlock(
        rows.length,
        TILE_ROWS,
        done -> {},
        (from, to) -> {
          float[] tile = new float[TILE_ROWS * dimension];
          for (int i = from; i < to; i++) {
            vectors.copyScaledTo(rows[i], 1, tile, (i - from) * dimension);
          }
          KMeans.center(tile, to - from, centroids.mean());
          int[] nearest = new int[TILE_ROWS];
          energies[from / TILE_ROWS] =
              panels.assign(tile, 0, to - from, nearest, 0, panels.newScratch());
        });
    return Arrays.stream(energies).sum() / rows.length;
  }

  /**
   * Encodes vectors in order of row, so that stored ones are read in one sweep.
   *
   * @param offset row of the first vector
   */
  private void encode(Vectors vectors, int offset, IndexLayout layout) {
    monitor.begin(Phase.ENCODE, vectors.size());
    ClusterIndex index = layout.index();
    @Nullable DistanceAddends distances =
        index.signs().hasAddends()
            ? DistanceAddends.of(
                kernels,
                workers,
                index.centroids(),
                index.quantizer(),
                layout.assigned().from(offset))
            : null;
    // One for each thread: unfolding the transform for one takes as long as encoding a tile.
    var free = new ConcurrentLinkedQueue<ResidualTile>();
    workers.forEachBlock(
        vectors.size(),
        16 * TILE_ROWS,
        monitor::report,
        (from, to) -> {
          ResidualTile taken = free.poll();
          ResidualTile tile =
              taken == null
                  ? new ResidualTile(kernels, index.centroids(), index.quantizer(), distances)
                  : taken;
          for (int first = from; first < to; first += TILE_ROWS) {
            int rowCount = Math.min(TILE_ROWS, to - first);
            int firstRow = offset + first;
            tile.encode(vectors, first, rowCount, layout.assigned(), firstRow);
            for (int row = 0; row < rowCount; row++) {
              layout.putCode(firstRow + row, tile, row);
            }
            if (layout.isSpilled()) {
              tile.encodeSpilled(layout.assigned(), firstRow);
              for (int row = 0; row < rowCount; row++) {
                layout.putSpilled(firstRow + row, tile, row);
              }
            }
          }
          free.add(tile);
        });
  }
}
