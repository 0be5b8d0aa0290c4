package io.memryx.internal.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.internal.kernel.CodeShape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GaussianLevelsTest {
  /** Half of a unit Gaussian as points of equal distance. */
  private static final double STEP = 2e-4;

  private static final int POINTS = (int) (9 / STEP);

  private static double x(int point) {
    return (point + 0.5) * STEP;
  }

  private static double weight(int point) {
    return 2 * STEP * Math.exp(-x(point) * x(point) / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double distortion(double[] levels) {
    double sum = 0;
    int nearest = 0;
    for (int point = 0; point < POINTS; point++) {
      while (nearest < levels.length - 1
          && x(point) > (levels[nearest] + levels[nearest + 1]) / 2) {
        nearest++;
      }
      double error = x(point) - levels[nearest];
      sum += weight(point) * error * error;
    }
    return sum;
  }

  /** Lloyd's iteration from these levels on: each moves to the mean of what is nearest to it. */
  private static double[] lloydMax(double[] start) {
    double[] levels = start.clone();
    for (int round = 0; round < 300; round++) {
      double[] sums = new double[levels.length];
      double[] weights = new double[levels.length];
      int nearest = 0;
      for (int point = 0; point < POINTS; point++) {
        while (nearest < levels.length - 1
            && x(point) > (levels[nearest] + levels[nearest + 1]) / 2) {
          nearest++;
        }
        sums[nearest] += weight(point) * x(point);
        weights[nearest] += weight(point);
      }
      for (int level = 0; level < levels.length; level++) {
        levels[level] = sums[level] / weights[level];
      }
    }
    return levels;
  }

  private static double[] levels(int bits) {
    double[] levels = new double[GaussianLevels.greatest(bits) + 1];
    for (int magnitude = 0; magnitude < levels.length; magnitude++) {
      levels[magnitude] = GaussianLevels.level(bits, magnitude);
    }
    return levels;
  }

  @Test
  void levels_upToFourBits_loseLessThanOnePercentAgainstTheBestTable() {
    for (int bits = 1; bits <= 4; bits++) {
      double best = distortion(lloydMax(levels(bits)));
      assertTrue(distortion(levels(bits)) < 1.01 * best, bits + " bits");
    }
  }

  @Test
  void distortion_anyBits_isThatOfTheLevels() {
    assertEquals(1, GaussianLevels.distortion(0));
    for (int bits = 1; bits <= CodeShape.MAX_BITS; bits++) {
      double actual = distortion(levels(bits));
      assertEquals(actual, GaussianLevels.distortion(bits), 1e-3 * actual, bits + " bits");
    }
  }

  @Test
  void levels_anyBits_rise() {
    for (int bits = 1; bits <= CodeShape.MAX_BITS; bits++) {
      double[] levels = levels(bits);
      assertTrue(levels[0] > 0);
      for (int magnitude = 1; magnitude < levels.length; magnitude++) {
        assertTrue(levels[magnitude] > levels[magnitude - 1], bits + " bits");
      }
    }
  }

  @Test
  void nearestLevels_anyValue_findTheNearest() {
    var random = new SplittableRandom(5);
    for (int bits = 1; bits <= CodeShape.MAX_BITS; bits++) {
      NearestLevels nearest = NearestLevels.of(bits);
      for (int i = 0; i < 20_000; i++) {
        float value = (float) Math.abs(random.nextGaussian() * 1.5);
        double found = Math.abs(value - GaussianLevels.level(bits, nearest.magnitude(value)));
        for (double level : levels(bits)) {
          assertTrue(found <= Math.abs(value - level) + 1e-6, bits + " bits, value " + value);
        }
      }
    }
  }

  @Test
  void nearestLevels_beyondAllLevels_giveTheGreatest() {
    for (int bits = 1; bits <= CodeShape.MAX_BITS; bits++) {
      NearestLevels nearest = NearestLevels.of(bits);
      assertEquals(GaussianLevels.greatest(bits), nearest.magnitude(5f));
      assertEquals(GaussianLevels.greatest(bits), nearest.magnitude(Float.MAX_VALUE));
      assertEquals(0, nearest.magnitude(0f));
    }
  }
}
