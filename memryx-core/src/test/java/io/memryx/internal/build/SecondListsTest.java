package io.memryx.internal.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.RandomVectors;
import io.memryx.internal.kernel.VectorKernels;
import org.junit.jupiter.api.Test;

class SecondListsTest {
  private static final int DIMENSION = 24;

  private final VectorKernels kernels = VectorKernels.selected();

  private static float[] rows(int seed, int count) {
    var random = new RandomVectors(seed, DIMENSION, 20);
    float[] rows = new float[count * DIMENSION];
    for (int row = 0; row < count; row++) {
      System.arraycopy(random.next(), 0, rows, row * DIMENSION, DIMENSION);
    }
    return rows;
  }

  /**
   * {@code |v|² + 2 <v,r>² / |r|²}, r and v being the differences to the first and the second
   * centroid.
   */
  private static double loss(float[] rows, int row, float[] centroids, int first, int second) {
    double squared = 0;
    double parallel = 0;
    double length = 0;
    for (int d = 0; d < DIMENSION; d++) {
      double r = rows[row * DIMENSION + d] - (double) centroids[first * DIMENSION + d];
      double v = rows[row * DIMENSION + d] - (double) centroids[second * DIMENSION + d];
      squared += v * v;
      parallel += v * r;
      length += r * r;
    }
    return squared + 2 * parallel * parallel / length;
  }

  @Test
  void choose_anyRow_takesTheListOfLeastLoss() {
    // More lists than a panel is wide, and not a multiple of it.
    int lists = 71;
    float[] centroids = rows(3, lists);
    float[] rows = rows(4, CentroidPanels.TILE_ROWS);
    var panels = new CentroidPanels(kernels, centroids, DIMENSION);
    SecondLists.Chooser chooser = new SecondLists(panels, centroids).new Chooser();
    CentroidPanels.Scratch scratch = panels.newKeepingScratch();
    int[] nearest = new int[CentroidPanels.TILE_ROWS];
    double _ = panels.assign(rows, 0, CentroidPanels.TILE_ROWS, nearest, 0, scratch);
    int notTheNextNearest = 0;
    for (int row = 0; row < CentroidPanels.TILE_ROWS; row++) {
      int offset = row * DIMENSION;
      float squared = kernels.dot(rows, offset, rows, offset, DIMENSION);
      int second = chooser.choose(scratch, row, squared, nearest[row]);
      assertNotEquals(nearest[row], second);
      double least = Double.POSITIVE_INFINITY;
      int nextNearest = -1;
      double nextDistance = Double.POSITIVE_INFINITY;
      for (int list = 0; list < lists; list++) {
        if (list != nearest[row]) {
          least = Math.min(least, loss(rows, row, centroids, nearest[row], list));
          float distance = kernels.squaredL2(rows, offset, centroids, list * DIMENSION, DIMENSION);
          nextNearest = distance < nextDistance ? list : nextNearest;
          nextDistance = Math.min(nextDistance, distance);
        }
      }
      assertEquals(least, loss(rows, row, centroids, nearest[row], second), 1e-3 * least);
      notTheNextNearest += second == nextNearest ? 0 : 1;
    }
    assertTrue(notTheNextNearest > 5, notTheNextNearest + " rows: the direction counts");
  }

  @Test
  void choose_rowsThatAreCentroidsOrAllEqual_takesAnotherList() {
    float[] centroids = new float[3 * DIMENSION];
    centroids[2 * DIMENSION] = 1;
    var panels = new CentroidPanels(kernels, centroids, DIMENSION);
    SecondLists.Chooser chooser = new SecondLists(panels, centroids).new Chooser();
    CentroidPanels.Scratch scratch = panels.newKeepingScratch();
    int[] nearest = new int[3];
    double _ = panels.assign(centroids, 0, 3, nearest, 0, scratch);
    assertEquals(1, chooser.choose(scratch, 0, 0, 0));
    assertEquals(0, chooser.choose(scratch, 1, 0, 1));
    assertEquals(0, chooser.choose(scratch, 2, 1, 2));
  }
}
