package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InvertedListsTest {

  @Test
  void listOfAndPositions_randomListsManyEmpty_agreeWithTheArrays() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      int[] starts = new int[random.nextInt(2, 30)];
      for (int list = 1; list < starts.length; list++) {
        starts[list] = starts[list - 1] + Math.max(0, random.nextInt(-5, 10));
      }
      int size = starts[starts.length - 1];
      int[] ordinals = permutation(size, random);
      var lists = new InvertedLists(starts, ordinals);
      assertEquals(starts.length - 1, lists.count());
      assertEquals(size, lists.size());
      int[] positions = lists.positions();
      for (int position = 0; position < size; position++) {
        int list = lists.listOf(position);
        assertTrue(lists.start(list) <= position && position < lists.start(list + 1), "" + seed);
        assertEquals(position, positions[lists.ordinal(position)], "seed " + seed);
      }
    }
  }

  private static int[] permutation(int size, SplittableRandom random) {
    int[] numbers = new int[size];
    for (int i = 0; i < size; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i;
    }
    return numbers;
  }
}
