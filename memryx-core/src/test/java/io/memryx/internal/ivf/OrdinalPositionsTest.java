package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrdinalPositionsTest {

  @Test
  void positionOf_randomOrders_isTheInverse() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new SplittableRandom(seed);
      int[] ordinals = IntStream.range(0, random.nextInt(700)).toArray();
      for (int i = ordinals.length - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        int swapped = ordinals[i];
        ordinals[i] = ordinals[other];
        ordinals[other] = swapped;
      }
      assertIsTheInverse(ordinals, "seed " + seed);
    }
  }

  /** Rounds of every length about one step, two and three, each with its own notes. */
  @Test
  void positionOf_roundsOfOneLength_isTheInverse() {
    for (int length = 1; length < 130; length++) {
      int[] ordinals = new int[5 * length];
      for (int i = 0; i < ordinals.length; i++) {
        int round = i / length;
        ordinals[i] = round * length + (i - round * length + 1) % length;
      }
      assertIsTheInverse(ordinals, "rounds of " + length);
    }
  }

  /** As where neighbouring rows lie in the same list: blocks that are moved as a whole. */
  @Test
  void positionOf_blocksMoved_isTheInverse() {
    int rows = 64 * 40;
    int[] ordinals = IntStream.range(0, rows).map(i -> (i + 64 * 7) % rows).toArray();
    assertIsTheInverse(ordinals, "moved blocks");
  }

  private static void assertIsTheInverse(int[] ordinals, String which) {
    var positions =
        new OrdinalPositions(new InvertedLists(new int[] {0, ordinals.length}, ordinals));
    for (int position = 0; position < ordinals.length; position++) {
      assertEquals(position, positions.positionOf(ordinals[position]), which);
    }
    assertTrue(positions.bytes() <= OrdinalPositions.mostBytes(ordinals.length), which);
  }
}
