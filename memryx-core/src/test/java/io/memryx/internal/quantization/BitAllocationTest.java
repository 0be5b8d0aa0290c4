package io.memryx.internal.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BitAllocationTest {
  private static double[] falling(int dimension, double decay) {
    double[] variances = new double[dimension];
    for (int d = 0; d < dimension; d++) {
      variances[d] = Math.pow(1 + d, -decay);
    }
    return variances;
  }

  private static int sum(byte[] bits) {
    int sum = 0;
    for (byte b : bits) {
      sum += b;
    }
    return sum;
  }

  @Test
  void bits_variancesEverywhere_spendTheBudgetExactlyAndFall() {
    var random = new SplittableRandom(11);
    for (int i = 0; i < 200; i++) {
      int dimension = random.nextInt(1, 500);
      int most = 8 * BitAllocation.groups(dimension);
      int budget = random.nextInt(1, most + 1);
      byte[] bits = BitAllocation.bits(falling(dimension, random.nextDouble() * 3), budget, 8);
      assertEquals(budget, sum(bits));
      assertTrue(bits[0] >= 1);
      for (int group = 1; group < bits.length; group++) {
        assertTrue(bits[group] <= bits[group - 1]);
      }
    }
  }

  @Test
  void bits_greatestBitsReached_spendNoMore() {
    assertEquals(8 * 48, sum(BitAllocation.bits(falling(384, 1), 1_000, 8)));
    assertEquals(4 * 48, sum(BitAllocation.bits(falling(384, 1), 1_000, 4)));
  }

  @Test
  void bits_groupsWithoutVariance_getNone() {
    double[] variances = new double[40];
    variances[0] = 3;
    variances[8] = 1;
    assertArrayEquals(new byte[] {8, 8, 0, 0, 0}, BitAllocation.bits(variances, 40, 8));
  }

  @Test
  void bits_noVarianceAtAll_giveTheFirstGroupItsSigns() {
    assertArrayEquals(new byte[] {1, 0}, BitAllocation.bits(new double[9], 12, 8));
  }

  @Test
  void bits_sixteenTimesTheVariance_areTwoMore() {
    double[] variances = new double[16];
    java.util.Arrays.fill(variances, 0, 8, 16);
    java.util.Arrays.fill(variances, 8, 16, 1);
    assertArrayEquals(new byte[] {5, 3}, BitAllocation.bits(variances, 8, 8));
  }
}
