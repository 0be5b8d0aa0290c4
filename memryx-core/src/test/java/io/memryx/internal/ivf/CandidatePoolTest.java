package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CandidatePoolTest {

  @Test
  void add_distinctScores_keepsTheBestAndFewOthers() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new SplittableRandom(seed);
      int count = random.nextInt(1, 2_000);
      int wanted = random.nextInt(1, 300);
      float[] scores = shuffledDistinct(count, random);
      CandidatePool pool = filled(wanted, scores);
      List<Integer> expected =
          IntStream.range(0, count)
              .boxed()
              .sorted((a, b) -> Float.compare(scores[b], scores[a]))
              .limit(wanted)
              .sorted()
              .toList();
      List<Integer> kept = positions(pool);
      assertTrue(kept.containsAll(expected), "seed " + seed);
      assertFewOthers(kept.size(), wanted, seed);
    }
  }

  private static void assertFewOthers(int kept, int wanted, long seed) {
    assertTrue(kept <= wanted + wanted / 4 + 16, kept + " for " + wanted + ", seed " + seed);
  }

  /** Negative and positive scores, no two the same, in random order. */
  private static float[] shuffledDistinct(int count, SplittableRandom random) {
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      scores[i] = (i - count / 3) * 0.37f;
    }
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      float score = scores[other];
      scores[other] = scores[i];
      scores[i] = score;
    }
    return scores;
  }

  /** As a scan fills it: only what scores more than the threshold is added. */
  private static CandidatePool filled(int wanted, float[] scores) {
    var pool = new CandidatePool(wanted);
    for (int position = 0; position < scores.length; position++) {
      if (scores[position] > pool.threshold()) {
        pool.add(scores[position], position);
      }
    }
    pool.thinOut();
    return pool;
  }

  private static List<Integer> positions(CandidatePool pool) {
    return IntStream.range(0, pool.size()).mapToObj(pool::position).sorted().toList();
  }

  @Test
  void add_manyTies_keepsTheBestScoresWhicheverOfTheEqual() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new SplittableRandom(seed);
      int count = random.nextInt(1, 2_000);
      int wanted = random.nextInt(1, 300);
      float[] scores = new float[count];
      for (int i = 0; i < count; i++) {
        scores[i] = random.nextInt(-5, 5) / 4f;
      }
      CandidatePool pool = filled(wanted, scores);
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      List<Integer> kept = positions(pool);
      List<Float> keptScores = kept.stream().map(position -> scores[position]).sorted().toList();
      int surplus = keptScores.size() - Math.min(count, wanted);
      for (int i = Math.max(0, count - wanted); i < count; i++) {
        assertEquals(sorted[i], keptScores.get(surplus + i - Math.max(0, count - wanted)));
      }
      assertFewOthers(kept.size(), wanted, seed);
      assertEquals(kept.size(), kept.stream().distinct().count(), "seed " + seed);
    }
  }

  @Test
  void add_infinitiesAndGreatPositions_areOrderedAndKept() {
    var pool = new CandidatePool(2);
    pool.add(Float.MIN_VALUE, Integer.MAX_VALUE);
    pool.add(Float.POSITIVE_INFINITY, Integer.MAX_VALUE - 1);
    for (int row = 0; row < 40; row++) {
      pool.add(row % 2 == 0 ? Float.NEGATIVE_INFINITY : -Float.MIN_VALUE, row);
    }
    pool.thinOut();
    assertEquals(List.of(Integer.MAX_VALUE - 1, Integer.MAX_VALUE), positions(pool));
    assertEquals(Float.MIN_VALUE, pool.threshold());
  }

  @Test
  void threshold_untilThereAreEnough_letsEverythingIn() {
    var pool = new CandidatePool(10);
    for (int position = 0; position < 10; position++) {
      pool.add(position, position);
      pool.thinOut();
      assertEquals(Float.NEGATIVE_INFINITY, pool.threshold());
    }
    pool.add(20, 20);
    pool.thinOut();
    assertEquals(1f, pool.threshold());
    assertEquals(10, pool.size());
    assertTrue(!positions(pool).contains(0));
  }

  @Test
  void merge_candidatesOfTheSameRow_becomeOneOfMeanScore() {
    for (long seed = 0; seed < 100; seed++) {
      var random = new SplittableRandom(seed);
      int count = random.nextInt(1, 500);
      var pool = new CandidatePool(count);
      // Candidate count + i is row i again.
      float[] scores = new float[2 * count];
      boolean[] there = new boolean[2 * count];
      for (int candidate = 0; candidate < 2 * count; candidate++) {
        scores[candidate] = (float) random.nextDouble(-3, 3);
        there[candidate] = random.nextInt(3) > 0 && pool.size() < count;
        if (there[candidate]) {
          pool.add(scores[candidate], candidate);
        }
      }
      pool.merge(candidate -> candidate % count);
      int expected = 0;
      for (int row = 0; row < count; row++) {
        expected += there[row] || there[row + count] ? 1 : 0;
      }
      assertEquals(expected, pool.size(), "seed " + seed);
      for (int i = 0; i < pool.size(); i++) {
        int row = pool.position(i);
        float own = scores[row];
        float again = scores[row + count];
        float either = there[row] ? own : again;
        float score = there[row] && there[row + count] ? own / 2 + again / 2 : either;
        assertEquals(score, pool.score(i), "seed " + seed);
      }
    }
  }
}
