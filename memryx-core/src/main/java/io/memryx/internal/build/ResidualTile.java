package io.memryx.internal.build;

import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeBlocks;
import io.memryx.internal.quantization.ResidualEncoder;
import io.memryx.internal.quantization.ResidualQuantizer;
import org.jspecify.annotations.Nullable;

/** A tile of rows on its way from vectors to codes: the working memory of one thread. */
final class ResidualTile {
  private final VectorKernels kernels;
  private final Centroids centroids;
  private final ResidualEncoder encoder;
  private final int dimension;

  /** {@code TILE_ROWS × dimension}: the rows as seen from the mean, then from their centroid. */
  private final float[] residuals;

  private final @Nullable DistanceAddends distances;
  private final float[] squaredLengths = new float[CentroidPanels.TILE_ROWS];
  private final float[] addends = new float[CentroidPanels.TILE_ROWS];

  /**
   * For one thread.
   *
   * @param distances null where scores are inner products, and rows have no addends
   */
  ResidualTile(
      VectorKernels kernels,
      Centroids centroids,
      ResidualQuantizer quantizer,
      @Nullable DistanceAddends distances) {
    this.kernels = kernels;
    this.centroids = centroids;
    this.distances = distances;
    this.encoder = quantizer.newEncoder(kernels);
    this.dimension = centroids.mean().length;
    this.residuals = new float[CentroidPanels.TILE_ROWS * dimension];
  }

  /** Encodes some consecutive rows, whose lists are known. */
  void encode(Vectors vectors, int first, int rowCount, int[] listOfRow) {
    vectors.copyScaledTo(first, rowCount, residuals, 0);
    KMeans.center(residuals, rowCount, centroids.mean());
    for (int row = 0; row < rowCount; row++) {
      squaredLengths[row] = squaredLength(row);
      centroids.subtractCentered(listOfRow[first + row], residuals, row * dimension);
    }
    encoder.encode(residuals, rowCount);
    for (int row = 0; row < rowCount && distances != null; row++) {
      addends[row] =
          distances.of(
              encoder, row, listOfRow[first + row], squaredLength(row), squaredLengths[row]);
    }
  }

  private float squaredLength(int row) {
    return distances == null
        ? 0
        : kernels.dot(residuals, row * dimension, residuals, row * dimension, dimension);
  }

  /** Puts the codes of the rows encoded last where they belong. */
  void putInto(CodeBlocks codes, int[] positions, int first, int rowCount) {
    for (int row = 0; row < rowCount; row++) {
      int position = positions[first + row];
      codes.put(position, encoder, row);
      if (codes.hasAddends()) {
        codes.addendsOf(position)[codes.indexInChunk(position)] = addends[row];
      }
    }
  }
}
