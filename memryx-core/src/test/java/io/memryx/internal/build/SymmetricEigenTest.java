package io.memryx.internal.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
  private static double[][] copy(double[][] matrix) {
    double[][] copy = new double[matrix.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = matrix[i].clone();
    }
    return copy;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** A v = λ v, unit length, right angles, falling: all that eigenvectors are. */
  private static SymmetricEigen decomposed(double[][] matrix, double tolerance) {
    SymmetricEigen eigen = SymmetricEigen.of(copy(matrix));
    assertEquals(matrix.length, eigen.size());
    for (int i = 0; i < eigen.size(); i++) {
      double[] vector = eigen.vector(i);
      for (int row = 0; row < matrix.length; row++) {
        assertEquals(eigen.value(i) * vector[row], dot(matrix[row], vector), tolerance);
      }
      for (int j = 0; j <= i; j++) {
        assertEquals(i == j ? 1 : 0, dot(vector, eigen.vector(j)), 1e-12);
      }
      assertTrue(i == 0 || eigen.value(i) <= eigen.value(i - 1));
    }
    return eigen;
  }

  private static double[][] random(int size, long seed) {
    var random = new SplittableRandom(seed);
    double[][] matrix = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = random.nextGaussian();
        matrix[j][i] = matrix[i][j];
      }
    }
    return matrix;
  }

  @Test
  void of_randomMatrices_givesEigenvectors() {
    for (int size : new int[] {1, 2, 3, 4, 5, 17, 64, 65, 130}) {
      decomposed(random(size, size), 1e-11);
    }
  }

  @Test
  void of_secondDifferences_hasTheKnownEigenvalues() {
    int size = 100;
    double[][] matrix = new double[size][size];
    for (int i = 0; i < size; i++) {
      matrix[i][i] = 2;
      if (i > 0) {
        matrix[i][i - 1] = -1;
        matrix[i - 1][i] = -1;
      }
    }
    SymmetricEigen eigen = decomposed(matrix, 1e-12);
    for (int i = 0; i < size; i++) {
      double expected = 2 - 2 * Math.cos((size - i) * Math.PI / (size + 1));
      assertEquals(expected, eigen.value(i), 1e-12);
    }
  }

  @Test
  void of_matricesOfLowRank_hasZeros() {
    double[][] outer = new double[50][50];
    for (int i = 0; i < 50; i++) {
      for (int j = 0; j < 50; j++) {
        outer[i][j] = (i + 1.0) * (j + 1.0);
      }
    }
    SymmetricEigen eigen = decomposed(outer, 1e-8);
    assertEquals(50 * 51 * 101 / 6.0, eigen.value(0), 1e-8);
    for (int i = 1; i < 50; i++) {
      assertEquals(0, eigen.value(i), 1e-9);
    }
  }

  @Test
  void of_zerosAndUnits_keepsThem() {
    assertEquals(0, decomposed(new double[30][30], 0).value(0));
    double[][] unit = new double[30][30];
    for (int i = 0; i < 30; i++) {
      unit[i][i] = 1;
    }
    assertEquals(1, decomposed(unit, 0).value(29));
  }

  @Test
  void of_hugeAndTinyComponents_staysFinite() {
    for (double scale : new double[] {1e-150, 1e150}) {
      double[][] matrix = random(20, 3);
      for (double[] row : matrix) {
        for (int j = 0; j < row.length; j++) {
          row[j] *= scale;
        }
      }
      decomposed(matrix, 1e-12 * scale);
    }
  }

  @Test
  void of_componentsNotFinite_isRefused() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[][] matrix = {{1, bad}, {bad, 1}};
      assertThrows(IllegalArgumentException.class, () -> SymmetricEigen.of(matrix));
    }
  }
}
