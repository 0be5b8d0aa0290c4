package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Vectors of one component under dot, so that a row's score is its number. */
class RerankingTest {
  private static final int ROWS = 40;
  private static final int WANTED = 5;

  private final float[] scores = new float[ROWS];
  private final float[] codeScores = new float[ROWS];

  @Test
  void rank_codesThatErrByLittle_readsNoMoreThanHaveAChance() {
    for (int row = 0; row < ROWS; row++) {
      scores[row] = ROWS - row;
      codeScores[row] = scores[row] + (row % 2 == 0 ? 0.1f : -0.1f);
    }
    Ranked ranked = rank(WANTED);
    assertEquals(Set.of(0, 1, 2, 3, 4), ranked.best);
    assertEquals(10, ranked.vectorsScored, "those that the errors are taken from");
  }

  @Test
  void rank_originalAboveItsCodeByAFewErrors_isFound() {
    for (int row = 0; row < ROWS; row++) {
      scores[row] = row < WANTED ? 10 - row : -row;
      codeScores[row] = scores[row] + (row % 2 == 0 ? 1 : -1);
    }
    scores[20] = 6.5f;
    codeScores[20] = 3;
    codeScores[21] = 1;
    Ranked ranked = rank(WANTED);
    assertEquals(Set.of(0, 1, 2, 3, 20), ranked.best);
    assertTrue(ranked.vectorsScored < ROWS, ranked.vectorsScored + " vectors");
  }

  @Test
  void rank_fewerCandidatesThanWanted_scoresAll() {
    for (int row = 0; row < ROWS; row++) {
      scores[row] = row;
    }
    Ranked ranked = rank(2 * ROWS);
    assertEquals(ROWS, ranked.best.size());
    assertEquals(ROWS, ranked.vectorsScored);
  }

  @Test
  void rank_allEqual_scoresAll() {
    assertEquals(ROWS, rank(WANTED).vectorsScored);
  }

  @Test
  void rank_normalErrors_findsWhatScoringAllFinds() {
    var random = new SplittableRandom(1);
    int missed = 0;
    for (int round = 0; round < 1_000; round++) {
      for (int row = 0; row < ROWS; row++) {
        scores[row] = (float) random.nextGaussian();
        codeScores[row] = scores[row] + 0.1f * (float) random.nextGaussian();
      }
      float tenth =
          (float)
              IntStream.range(0, ROWS)
                  .mapToDouble(row -> -scores[row])
                  .sorted()
                  .skip(9)
                  .findFirst()
                  .orElseThrow();
      Set<Integer> best = rank(10).best;
      for (int row = 0; row < ROWS; row++) {
        missed += -scores[row] <= tenth && !best.contains(row) ? 1 : 0;
      }
    }
    assertTrue(missed <= 10, missed + " of 10000 missed, seed 1");
  }

  private record Ranked(Set<Integer> best, int vectorsScored) {}

  private Ranked rank(int wanted) {
    var builder = new VectorRowsBuilder(Metric.DOT, 1);
    for (float score : scores) {
      builder.append((array, offset) -> array[offset] = score);
    }
    int[] ordinals = IntStream.range(0, ROWS).toArray();
    var candidates = new TopRows(ROWS, TopRows.LOWER_ROW_FIRST);
    for (int row = 0; row < ROWS; row++) {
      candidates.offer(codeScores[row], row);
    }
    var scorer = ExactScorer.of(VectorKernels.scalar(), Metric.DOT, new float[] {1});
    var reranking =
        new Reranking(scorer, builder.view(), new InvertedLists(new int[] {0, ROWS}, ordinals));
    var top = new TopRows(wanted, TopRows.LOWER_ROW_FIRST);
    reranking.rank(candidates, top);
    Set<Integer> best = new TreeSet<>();
    for (int i = 0; i < top.size(); i++) {
      best.add(top.row(i));
    }
    return new Ranked(best, reranking.vectorsScored());
  }
}
