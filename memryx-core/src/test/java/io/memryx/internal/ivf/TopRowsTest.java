package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopRowsTest {

  @Test
  void offer_randomScoresWithTies_keepsWhatSortingWouldKeep() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      int count = random.nextInt(1, 200);
      int capacity = random.nextInt(1, 60);
      float[] scores = new float[count];
      for (int i = 0; i < count; i++) {
        // Few distinct scores, so that ties are the rule.
        scores[i] = random.nextInt(20) / 4f;
      }
      var top = new TopRows(capacity, (a, b) -> Integer.compare(b, a));
      for (int row = 0; row < count; row++) {
        top.offer(scores[row], row);
      }
      List<Integer> expected =
          IntStream.range(0, count)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer row) -> -scores[row])
                      .thenComparing(Comparator.reverseOrder()))
              .limit(capacity)
              .sorted()
              .toList();
      List<Integer> kept = IntStream.range(0, top.size()).mapToObj(top::row).sorted().toList();
      assertEquals(expected, kept, "seed " + seed);
    }
  }
}
