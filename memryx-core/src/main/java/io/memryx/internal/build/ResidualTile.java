package io.memryx.internal.build;

import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
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
  private int rowCount;

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

  /**
   * Encodes some consecutive rows as seen from their first centroids.
   *
   * @param assigned their lists, from {@code firstRow} on
   */
  void encode(Vectors vectors, int first, int rowCount, Assignment assigned, int firstRow) {
    this.rowCount = rowCount;
    vectors.copyScaledTo(first, rowCount, residuals, 0);
    KMeans.center(residuals, rowCount, centroids.mean());
    for (int row = 0; row < rowCount; row++) {
      squaredLengths[row] = squaredLength(row);
      centroids.subtractCentered(assigned.first()[firstRow + row], residuals, row * dimension);
    }
    encoder.encode(residuals, rowCount);
    for (int row = 0; row < rowCount && distances != null; row++) {
      int list = assigned.first()[firstRow + row];
      addends[row] = distances.ofCode(encoder, row, list, squaredLength(row), squaredLengths[row]);
    }
  }

  private float squaredLength(int row) {
    return distances == null
        ? 0
        : kernels.dot(residuals, row * dimension, residuals, row * dimension, dimension);
  }

  /**
   * Encodes the signs of the same rows as seen from their second centroids.
   *
   * @param assigned their lists, from {@code firstRow} on
   */
  void encodeSpilled(Assignment assigned, int firstRow) {
    for (int row = 0; row < rowCount; row++) {
      int offset = row * dimension;
      centroids.addCentered(assigned.first()[firstRow + row], residuals, offset);
      centroids.subtractCentered(assigned.second()[firstRow + row], residuals, offset);
    }
    encoder.encodeSigns(residuals, rowCount);
    for (int row = 0; row < rowCount && distances != null; row++) {
      int list = assigned.second()[firstRow + row];
      addends[row] = distances.ofSigns(encoder, row, list, squaredLength(row), squaredLengths[row]);
    }
  }

  /** What holds the codes of the rows encoded last. */
  ResidualEncoder encoder() {
    return encoder;
  }

  /** What is added to the scores of a row, if anything is. */
  float addend(int row) {
    return addends[row];
  }
}
