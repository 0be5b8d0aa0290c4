package io.memryx.internal.build;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.OrdinalPositions;
import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeBudget;
import io.memryx.internal.quantization.TransformBlocks;

/** What an index of so many vectors takes, before there is one: upper estimates, in bytes. */
public final class BuildMemory {
  /**
   * Per dimension: the last panel of a block's transform filled up; deviations twice, slots and the
   * mean.
   */
  private static final long QUANTIZER_FLOATS = VectorKernels.PANEL_WIDTH + 4;

  private BuildMemory() {}

  /** Codes and factors. */
  public static long codeBytes(CollectionOptions options, int vectors) {
    CodeBudget budget = CodeBudget.of(options.dimension(), options.metric(), options.compression());
    return (long) vectors * budget.bytes();
  }

  /** Centroids, lists, what is spilled, and transforms in memory. */
  public static long routingBytes(CollectionOptions options, int vectors) {
    long lists = IndexBuilder.listCount(vectors);
    return lists * (options.dimension() + 4L * Float.BYTES)
        + (long) Integer.BYTES * vectors
        + InvertedLists.noteBytes(vectors)
        + (options.compression() == Compression.LOSSLESS ? 0 : OrdinalPositions.mostBytes(vectors))
        + spilledBytes(options, vectors)
        + 2L * Float.BYTES * transformComponents(options)
        + QUANTIZER_FLOATS * Float.BYTES * (options.dimension() + CodeShape.GROUP);
  }

  /** Centroids, lists, what is spilled, and transforms in a file. */
  public static long routingFileBytes(CollectionOptions options, int vectors) {
    long lists = IndexBuilder.listCount(vectors);
    return lists * (options.dimension() + 3L * Float.BYTES)
        + (long) Integer.BYTES * vectors
        + spilledBytes(options, vectors)
        + 2L * Short.BYTES * transformComponents(options);
  }

  /** Signs and factors of second lists, and which rows those hold. */
  private static long spilledBytes(CollectionOptions options, int vectors) {
    if (!isSpilled(options, vectors)) {
      return 0;
    }
    CodeBudget budget = CodeBudget.of(options.dimension(), options.metric(), options.compression());
    int columns = budget.maxColumns(options.dimension());
    int addend = options.metric() == Metric.L2 ? Float.BYTES : 0;
    return (long) vectors * (columns + 1 + addend + Integer.BYTES)
        + InvertedLists.noteBytes(vectors);
  }

  private static boolean isSpilled(CollectionOptions options, int vectors) {
    return IndexBuilder.isSpilled(options.compression(), IndexBuilder.listCount(vectors));
  }

  private static long transformComponents(CollectionOptions options) {
    return new TransformBlocks(options.dimension()).components();
  }

  /**
   * Memory that a build takes at its peak beside the vectors, its result included: what it holds at
   * once, trained or extended, on as many threads as there are processors.
   */
  public static long peakBytes(CollectionOptions options, int vectors) {
    if (vectors == 0) {
      return 0;
    }
    boolean spilled = isSpilled(options, vectors);
    int lists = IndexBuilder.listCount(vectors);
    // An extension has places and lists of rows before and after: more than a training.
    long perVector = (spilled ? 10L : 5L) * Integer.BYTES * vectors;
    long pairs = spilled ? (long) Float.BYTES * lists * lists : 0;
    long distances =
        options.metric() == Metric.L2
            ? DistanceAddends.bytes(lists, options.dimension() + 2 * CodeShape.GROUP)
            : 0;
    return codeBytes(options, vectors)
        + routingBytes(options, vectors)
        + trainingBytes(options, vectors)
        + perVector
        + pairs
        + distances
        + Runtime.getRuntime().availableProcessors() * threadBytes(options, lists);
  }

  /** A sample, what it is trained on and the transforms; the centroids and their panels. */
  private static long trainingBytes(CollectionOptions options, int vectors) {
    int dimension = options.dimension();
    int lists = IndexBuilder.listCount(vectors);
    long sample = KMeans.sampleSize(vectors, lists, dimension);
    long rows = sample + Math.min(sample, IndexBuilder.TRAINING_ROWS) + 4L * lists;
    return Float.BYTES * rows * dimension
        + QuantizerTraining.peakBytes(new TransformBlocks(dimension));
  }

  /** A tile on its way through the encoder, with the transform unfolded; or its products. */
  private static long threadBytes(CollectionOptions options, int lists) {
    long encoder =
        transformComponents(options) + 4L * CentroidPanels.TILE_ROWS * options.dimension();
    return Float.BYTES * (encoder + (long) CentroidPanels.TILE_ROWS * lists);
  }
}
