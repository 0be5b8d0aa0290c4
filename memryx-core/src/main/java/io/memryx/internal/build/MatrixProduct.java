package io.memryx.internal.build;

import io.memryx.internal.kernel.VectorKernels;
import java.util.function.DoubleUnaryOperator;

/** Products of square matrices by panels, in float32. */
final class MatrixProduct {
  private static final int WIDTH = VectorKernels.PANEL_WIDTH;

  private final VectorKernels kernels;

  MatrixProduct(VectorKernels kernels) {
    this.kernels = kernels;
  }

  /** {@code a b}. */
  float[][] multiply(float[][] a, float[][] b) {
    int size = a.length;
    float[] rows = new float[size * size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(a[i], 0, rows, i * size, size);
    }
    float[][] product = new float[size][size];
    float[] panel = new float[size * WIDTH];
    float[] out = new float[size * WIDTH];
    for (int first = 0; first < size; first += WIDTH) {
      int width = Math.min(WIDTH, size - first);
      for (int d = 0; d < size; d++) {
        System.arraycopy(b[d], first, panel, d * WIDTH, width);
      }
      kernels.multiplyPanel(rows, 0, size, size, panel, 0, out);
      for (int i = 0; i < size; i++) {
        System.arraycopy(out, i * WIDTH, product[i], first, width);
      }
    }
    return product;
  }

  /** {@code U f(Λ) Uᵀ} of a matrix {@code U Λ Uᵀ}: symmetric. */
  float[][] spectral(SymmetricEigen eigen, DoubleUnaryOperator function) {
    return multiply(scaledBasis(eigen, function), vectors(eigen));
  }

  /** {@code U f(Λ)}. A method of its own: small ones are compiled sooner. */
  private static float[][] scaledBasis(SymmetricEigen eigen, DoubleUnaryOperator function) {
    int size = eigen.size();
    float[][] scaled = new float[size][size];
    for (int i = 0; i < size; i++) {
      double factor = function.applyAsDouble(eigen.value(i));
      for (int d = 0; d < size; d++) {
        // U's columns are eigenvectors: row d of it holds component d of each.
        scaled[d][i] = (float) (factor * eigen.vector(i)[d]);
      }
    }
    return scaled;
  }

  /** {@code a s a} of symmetric matrices, made symmetric to the last bit. */
  double[][] congruence(float[][] a, double[][] s) {
    int size = a.length;
    float[][] product = multiply(multiply(a, narrowed(s)), a);
    double[][] symmetric = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        symmetric[i][j] = ((double) product[i][j] + product[j][i]) / 2;
      }
    }
    return symmetric;
  }

  /** The eigenvectors, one a row. */
  static float[][] vectors(SymmetricEigen eigen) {
    int size = eigen.size();
    float[][] vectors = new float[size][size];
    for (int i = 0; i < size; i++) {
      for (int d = 0; d < size; d++) {
        vectors[i][d] = (float) eigen.vector(i)[d];
      }
    }
    return vectors;
  }

  /** The diagonal of {@code a s aᵀ}. */
  double[] diagonal(float[][] a, double[][] s) {
    int size = a.length;
    float[][] product = multiply(a, narrowed(s));
    double[] diagonal = new double[size];
    for (int i = 0; i < size; i++) {
      for (int d = 0; d < size; d++) {
        diagonal[i] += (double) product[i][d] * a[i][d];
      }
    }
    return diagonal;
  }

  private static float[][] narrowed(double[][] matrix) {
    float[][] narrowed = new float[matrix.length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        narrowed[i][j] = (float) matrix[i][j];
      }
    }
    return narrowed;
  }
}
