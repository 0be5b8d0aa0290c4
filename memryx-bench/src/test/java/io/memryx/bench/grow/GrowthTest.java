package io.memryx.bench.grow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.dataset.VectorFiles;
import io.memryx.persistence.exchange.VecsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GrowthTest {
  private static final long SEED = 11;

  @TempDir private Path directory;

  @Test
  void neighborhoods_clusteredVectors_holdNearOnesWithinTheLimit() throws IOException {
    RealVectors real = clusters(8, 60, 16);

    Neighborhoods neighborhoods = Neighborhoods.of(real, 24, SEED);

    int strangers = 0;
    for (int row = 0; row < real.rows(); row++) {
      int size = neighborhoods.size(row);
      assertTrue(size >= 6 && size <= 24, "size " + size);
      boolean found = false;
      for (int i = 0; i < size; i++) {
        int member = neighborhoods.member(row, i);
        found |= member == row;
        strangers += member % 8 == row % 8 ? 0 : 1;
      }
      assertTrue(found, "row " + row + " is in its own neighborhood");
    }
    // Splits keep a quarter on each side, so a few clusters are cut: most members are of one.
    assertTrue(strangers < real.rows() * 24 / 4, "strangers " + strangers + ", seed " + SEED);
  }

  @Test
  void neighborhoods_equalVectors_areDividedAllTheSame() throws IOException {
    float[][] vectors = new float[100][];
    Arrays.fill(vectors, new float[] {1, 0});

    Neighborhoods neighborhoods = Neighborhoods.of(real(vectors), 10, SEED);

    for (int row = 0; row < 100; row++) {
      assertTrue(neighborhoods.size(row) <= 10);
    }
  }

  @Test
  void grow_anyVector_unitLengthAndReproducible() throws IOException {
    RealVectors real = clusters(4, 50, 8);
    var growth = new Growth(real, Neighborhoods.of(real, 16, SEED), 75, SEED);
    var again = new Growth(real, Neighborhoods.of(real, 16, SEED), 75, SEED);
    float[] vector = new float[10];
    float[] twin = new float[10];

    for (int i = 0; i < 500; i++) {
      growth.grow(i, vector, 2);
      again.grow(i, twin, 2);

      assertArrayEquals(twin, vector);
      double squares = 0;
      for (int d = 2; d < 10; d++) {
        squares += vector[d] * vector[d];
      }
      assertEquals(1, squares, 1e-6);
      assertEquals(0, vector[0] + vector[1]);
    }
  }

  @Test
  void grow_manyVectors_spreadAroundTheMeanAsTheRealOnes() throws IOException {
    // One neighborhood, far from the origin: unit length bends it little.
    var random = new Random(SEED);
    float[][] vectors = new float[40][];
    for (int row = 0; row < vectors.length; row++) {
      vectors[row] =
          new float[] {
            1, 0.02f * (float) random.nextGaussian(), 0.005f * (float) random.nextGaussian()
          };
    }
    RealVectors real = real(vectors);
    for (double turn : new double[] {10, 45, 90}) {
      var growth = new Growth(real, Neighborhoods.of(real, 40, SEED), turn, SEED);
      int count = 40_000;
      float[] grown = new float[count * 3];
      for (int i = 0; i < count; i++) {
        growth.grow(i, grown, i * 3);
      }
      for (int d = 1; d < 3; d++) {
        double expected = deviation(real.components(), 40, d);
        assertEquals(expected, deviation(grown, count, d), 0.04 * expected, "turn " + turn);
      }
    }
  }

  @Test
  void parents_oneRound_areEveryRowOnce() throws IOException {
    RealVectors real = clusters(4, 20, 4);
    var growth = new Growth(real, Neighborhoods.of(real, 8, SEED), 75, SEED);
    Set<Integer> parents = new HashSet<>();

    for (int i = 0; i < real.rows(); i++) {
      parents.add(growth.parent(i));
    }

    assertEquals(real.rows(), parents.size());
  }

  @Test
  void turn_outsideItsRange_isRefused() throws IOException {
    RealVectors real = clusters(2, 4, 3);
    Neighborhoods neighborhoods = Neighborhoods.of(real, 4, SEED);

    for (double turn : new double[] {0, -1, 90.5, Double.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> new Growth(real, neighborhoods, turn, SEED));
    }
  }

  private static double deviation(float[] vectors, int count, int d) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      sum += vectors[i * 3 + d];
      squares += (double) vectors[i * 3 + d] * vectors[i * 3 + d];
    }
    return Math.sqrt(squares / count - sum / count * (sum / count));
  }

  /** Unit vectors around {@code count} centers; row r belongs to center {@code r % count}. */
  private RealVectors clusters(int count, int size, int dimension) throws IOException {
    var random = new Random(SEED);
    float[][] centers = new float[count][dimension];
    for (float[] center : centers) {
      for (int d = 0; d < dimension; d++) {
        center[d] = (float) random.nextGaussian();
      }
    }
    float[][] vectors = new float[count * size][dimension];
    for (int row = 0; row < vectors.length; row++) {
      for (int d = 0; d < dimension; d++) {
        vectors[row][d] = centers[row % count][d] + 0.1f * (float) random.nextGaussian();
      }
    }
    return real(vectors);
  }

  private RealVectors real(float[][] vectors) throws IOException {
    Path file = VectorFiles.fvecs(directory.resolve("base.fvecs"), vectors);
    return new RealVectors(List.of(VecsFile.openFloats(file)));
  }
}
