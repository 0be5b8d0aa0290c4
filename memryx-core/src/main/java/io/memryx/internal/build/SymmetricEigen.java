package io.memryx.internal.build;

import java.util.Arrays;

/**
 * The eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three
 * diagonals, then implicit QL (Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3).
 * Every inner loop runs along rows and adds to many sums at once, so that the compiler makes SIMD
 * of it; the rotations of QL are gathered and applied to narrow strips of the eigenvectors that
 * stay in the cache.
 *
 * <p>Lapack's way of doing the same multiplies both triangles' halves only once; here both are
 * kept, because twice the additions without a single horizontal one is faster in Java.
 */
final class SymmetricEigen {
  /** Columns of eigenvectors rotated together: 1,024 rows of it fill half a second-level cache. */
  private static final int STRIP = 64;

  /** QL finds an eigenvalue in two to three iterations; this many mean that it never will. */
  private static final int MAX_ITERATIONS = 60;

  /** Double's rounding. */
  private static final double EPSILON = Math.ulp(1.0);

  private final int size;
  private final double[] values;
  private final double[][] vectors;

  private SymmetricEigen(int size, double[] values, double[][] vectors) {
    this.size = size;
    this.values = values;
    this.vectors = vectors;
  }

  /**
   * Decomposes.
   *
   * @param matrix {@code size × size}, symmetric and finite; destroyed
   * @throws IllegalArgumentException if a component is not finite
   */
  static SymmetricEigen of(double[][] matrix) {
    int size = matrix.length;
    requireFinite(matrix);
    var reduction = new Reduction(matrix);
    double[][] rows = reduction.transposedBasis();
    new Diagonalisation(reduction.diagonal, reduction.offDiagonal, rows).run();
    return sortedFalling(size, reduction.diagonal, rows);
  }

  private static void requireFinite(double[][] matrix) {
    for (double[] row : matrix) {
      for (double component : row) {
        if (!Double.isFinite(component)) {
          throw new IllegalArgumentException("matrix has component " + component);
        }
      }
    }
  }

  private static SymmetricEigen sortedFalling(int size, double[] values, double[][] rows) {
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
    double[] sortedValues = new double[size];
    double[][] sortedRows = new double[size][];
    for (int i = 0; i < size; i++) {
      sortedValues[i] = values[order[i]];
      sortedRows[i] = rows[order[i]];
    }
    return new SymmetricEigen(size, sortedValues, sortedRows);
  }

  /** Number of eigenvalues. */
  int size() {
    return size;
  }

  /** An eigenvalue; they fall. */
  double value(int i) {
    return values[i];
  }

  /** The unit eigenvector of an eigenvalue; not to be changed. */
  double[] vector(int i) {
    return vectors[i];
  }

  /** Householder's reduction: reflections that leave nothing beside three diagonals. */
  private static final class Reduction {
    private final int size;
    private final double[][] rows;
    private final double[][] reflections;
    private final double[] diagonal;
    private final double[] offDiagonal;

    Reduction(double[][] rows) {
      this.size = rows.length;
      this.rows = rows;
      this.reflections = new double[size][];
      this.diagonal = new double[size];
      this.offDiagonal = new double[size];
      reduce();
    }

    /**
     * One pass over the matrix per step: the update {@code A -= v wᵀ + w vᵀ} of one reflection and
     * the product {@code A v'} that the next one needs.
     */
    private void reduce() {
      double[] v = new double[size];
      double[] w = new double[size];
      for (int k = 0; k < size; k++) {
        // Row k of the matrix, brought up to date by the reflection before.
        update(rows[k], v, w, k, size);
        diagonal[k] = rows[k][k];
        if (k == size - 1) {
          break;
        }
        double[] next = reflection(k);
        double[] product = new double[size];
        for (int i = k + 1; i < size; i++) {
          updateAndAdd(rows[i], v, w, i, next[i], product);
        }
        w = halfCorrected(product, next, k + 1);
        v = next;
      }
    }

    private static void update(double[] row, double[] v, double[] w, int i, int size) {
      double vi = v[i];
      double wi = w[i];
      for (int j = 0; j < size; j++) {
        row[j] -= vi * w[j] + wi * v[j];
      }
    }

    private static void updateAndAdd(
        double[] row, double[] v, double[] w, int i, double factor, double[] product) {
      double vi = v[i];
      double wi = w[i];
      for (int j = 0; j < row.length; j++) {
        double updated = row[j] - (vi * w[j] + wi * v[j]);
        row[j] = updated;
        product[j] += updated * factor;
      }
    }

    /**
     * The reflection {@code I - v vᵀ} (|v|² = 2, or v = 0) that clears row k beyond its neighbour
     * of the diagonal.
     */
    private double[] reflection(int k) {
      double[] v = new double[size];
      double largest = 0;
      for (int j = k + 1; j < size; j++) {
        largest = Math.max(largest, Math.abs(rows[k][j]));
      }
      if (largest == 0) {
        reflections[k] = v;
        return v;
      }
      double squared = 0;
      for (int j = k + 1; j < size; j++) {
        v[j] = rows[k][j] / largest;
        squared += v[j] * v[j];
      }
      double norm = Math.copySign(Math.sqrt(squared), v[k + 1]);
      offDiagonal[k] = -norm * largest;
      // |x + norm e|² / 2 = norm (norm + x₀).
      double scale = 1 / Math.sqrt(norm * (norm + v[k + 1]));
      v[k + 1] += norm;
      for (int j = k + 1; j < size; j++) {
        v[j] *= scale;
      }
      reflections[k] = v;
      return v;
    }

    /** {@code w = p - (vᵀp / 2) v}, zero before {@code from}. */
    private static double[] halfCorrected(double[] product, double[] v, int from) {
      double dot = 0;
      for (int j = from; j < v.length; j++) {
        dot += product[j] * v[j];
      }
      for (int j = 0; j < v.length; j++) {
        product[j] = j < from ? 0 : product[j] - dot / 2 * v[j];
      }
      return product;
    }

    /** The product of all reflections, transposed: row i belongs to the i-th diagonal element. */
    double[][] transposedBasis() {
      double[][] basis = new double[size][size];
      for (int i = 0; i < size; i++) {
        basis[i][i] = 1;
      }
      double[] projection = new double[size];
      for (int k = size - 2; k >= 0; k--) {
        double[] v = reflections[k];
        Arrays.fill(projection, 0);
        for (int i = k + 1; i < size; i++) {
          addScaled(basis[i], v[i], projection);
        }
        for (int i = k + 1; i < size; i++) {
          addScaled(projection, -v[i], basis[i]);
        }
      }
      transpose(basis);
      return basis;
    }

    private static void addScaled(double[] row, double factor, double[] target) {
      for (int j = 0; j < target.length; j++) {
        target[j] += factor * row[j];
      }
    }

    private static void transpose(double[][] matrix) {
      for (int i = 0; i < matrix.length; i++) {
        for (int j = 0; j < i; j++) {
          double upper = matrix[j][i];
          matrix[j][i] = matrix[i][j];
          matrix[i][j] = upper;
        }
      }
    }
  }

  /** Implicit QL: plane rotations that leave the diagonal alone. */
  private static final class Diagonalisation {
    private final int size;
    private final double[] diagonal;
    private final double[] offDiagonal;
    private final double[][] rows;

    /** Rotations not yet applied to the rows: the lower of two rows, cosine, sine. */
    private final int[] lower;

    private final double[] cosines;
    private final double[] sines;
    private int pending;

    Diagonalisation(double[] diagonal, double[] offDiagonal, double[][] rows) {
      this.size = diagonal.length;
      this.diagonal = diagonal;
      this.offDiagonal = offDiagonal;
      this.rows = rows;
      int batch = 16 * size;
      this.lower = new int[batch];
      this.cosines = new double[batch];
      this.sines = new double[batch];
    }

    void run() {
      for (int first = 0; first < size; first++) {
        int iterations = 0;
        for (int last = endOfBlock(first); last > first; last = endOfBlock(first)) {
          if (++iterations > MAX_ITERATIONS) {
            throw new IllegalStateException("eigenvalue " + first + " does not converge");
          }
          sweep(first, last);
        }
      }
      applyPending();
    }

    /** The last row that is coupled with this one. */
    private int endOfBlock(int first) {
      int last = first;
      while (last < size - 1
          && Math.abs(offDiagonal[last])
              > EPSILON * (Math.abs(diagonal[last]) + Math.abs(diagonal[last + 1]))) {
        last++;
      }
      return last;
    }

    /** One QL step on the rows of {@code [first, last]} with Wilkinson's shift. */
    private void sweep(int first, int last) {
      double slope = (diagonal[first + 1] - diagonal[first]) / (2 * offDiagonal[first]);
      double root = Math.hypot(slope, 1);
      double bulge =
          diagonal[last]
              - diagonal[first]
              + offDiagonal[first] / (slope + Math.copySign(root, slope));
      double cosine = 1;
      double sine = 1;
      double shift = 0;
      for (int i = last - 1; i >= first; i--) {
        double across = sine * offDiagonal[i];
        double along = cosine * offDiagonal[i];
        double radius = Math.hypot(across, bulge);
        offDiagonal[i + 1] = radius;
        if (radius == 0) {
          // The block falls apart here.
          diagonal[i + 1] -= shift;
          offDiagonal[last] = 0;
          return;
        }
        sine = across / radius;
        cosine = bulge / radius;
        double moved = diagonal[i + 1] - shift;
        double turn = (diagonal[i] - moved) * sine + 2 * cosine * along;
        shift = sine * turn;
        diagonal[i + 1] = moved + shift;
        bulge = cosine * turn - along;
        remember(i, cosine, sine);
      }
      diagonal[first] -= shift;
      offDiagonal[first] = bulge;
      offDiagonal[last] = 0;
    }

    private void remember(int row, double cosine, double sine) {
      if (pending == lower.length) {
        applyPending();
      }
      lower[pending] = row;
      cosines[pending] = cosine;
      sines[pending++] = sine;
    }

    private void applyPending() {
      double[][] strip = new double[size][STRIP];
      for (int from = 0; from < size; from += STRIP) {
        int width = Math.min(STRIP, size - from);
        for (int i = 0; i < size; i++) {
          System.arraycopy(rows[i], from, strip[i], 0, width);
        }
        for (int r = 0; r < pending; r++) {
          rotate(strip[lower[r]], strip[lower[r] + 1], cosines[r], sines[r]);
        }
        for (int i = 0; i < size; i++) {
          System.arraycopy(strip[i], 0, rows[i], from, width);
        }
      }
      pending = 0;
    }

    private static void rotate(double[] row, double[] next, double cosine, double sine) {
      for (int j = 0; j < STRIP; j++) {
        double a = row[j];
        double b = next[j];
        next[j] = sine * a + cosine * b;
        row[j] = cosine * a - sine * b;
      }
    }
  }
}
