package io.memryx.bench.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BatchPlanTest {
  private static final long SEED = 7;

  @Test
  void of_someTexts_longestFirstAndEqualsInTheirOrder() {
    List<int[]> batches = BatchPlan.of(new int[] {400, 600, 300, 600, 300, 400, 300, 300});

    assertEquals(5, batches.size());
    assertArrayEquals(new int[] {1}, batches.get(0));
    assertArrayEquals(new int[] {3}, batches.get(1));
    assertArrayEquals(new int[] {0, 5}, batches.get(2));
    assertArrayEquals(new int[] {2, 4, 6}, batches.get(3));
    assertArrayEquals(new int[] {7}, batches.get(4));
  }

  @Test
  void of_textLongerThanABatch_goesAlone() {
    List<int[]> batches = BatchPlan.of(new int[] {5000, 1024, 1});

    assertEquals(3, batches.size());
    assertArrayEquals(new int[] {0}, batches.getFirst());
  }

  @Test
  void of_manyTexts_everyTextOnceWithinTheBudget() {
    var random = new Random(SEED);
    int[] tokens = random.ints(12_345, 3, 129).toArray();

    List<int[]> batches = BatchPlan.of(tokens);

    int[] seen = batches.stream().flatMapToInt(Arrays::stream).sorted().toArray();
    assertArrayEquals(IntStream.range(0, tokens.length).toArray(), seen, "seed " + SEED);
    for (int[] batch : batches) {
      int longest = Arrays.stream(batch).map(text -> tokens[text]).max().orElseThrow();
      assertTrue(longest * batch.length <= BatchPlan.BATCH_TOKENS);
    }
  }
}
