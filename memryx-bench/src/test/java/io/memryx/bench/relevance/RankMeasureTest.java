package io.memryx.bench.relevance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class RankMeasureTest {

  @Test
  void ndcg_oneRelevantRowAtRankThree_isAHalf() {
    // 1 / log2(3 + 1)
    assertEquals(0.5, RankMeasure.NDCG.of(new int[] {7, 8, 9}, Set.of(9), 10), 1e-12);
  }

  @Test
  void ndcg_twoRelevantRows_dividesByTheBestOrder() {
    // Found at ranks 1 and 3: 1 + 0.5; best: 1 + 1 / log2(3).
    double expected = 1.5 / (1 + Math.log(2) / Math.log(3));

    assertEquals(expected, RankMeasure.NDCG.of(new int[] {1, 5, 2}, Set.of(1, 2), 10), 1e-12);
  }

  @Test
  void ndcg_bestOrder_isOne() {
    assertEquals(1, RankMeasure.NDCG.of(new int[] {2, 1, 5}, Set.of(1, 2), 10), 1e-12);
  }

  @Test
  void ndcg_moreRelevantRowsThanDepth_bestOrderEndsAtTheDepth() {
    assertEquals(1, RankMeasure.NDCG.of(new int[] {1, 2}, Set.of(1, 2, 3), 2), 1e-12);
  }

  @Test
  void mrr_firstRelevantRow_counts() {
    assertEquals(0.5, RankMeasure.MRR.of(new int[] {7, 8, 9}, Set.of(9, 8), 10), 1e-12);
  }

  @Test
  void measures_relevantRowBeyondDepthOrMissing_areZero() {
    for (RankMeasure measure : RankMeasure.values()) {
      assertEquals(0, measure.of(new int[] {7, 8, 9}, Set.of(9), 2), measure::label);
      assertEquals(0, measure.of(new int[] {7}, Set.of(9), 10), measure::label);
      assertEquals(0, measure.of(new int[0], Set.of(9), 10), measure::label);
    }
  }
}
