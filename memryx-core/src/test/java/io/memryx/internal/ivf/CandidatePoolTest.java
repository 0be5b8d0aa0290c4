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
  void add_distinctScores_keepsWhatSortingWouldKeep() {
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
      assertEquals(expected, positions(pool), "seed " + seed);
    }
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
      List<Float> expected =
          IntStream.range(Math.max(0, count - wanted), count).mapToObj(i -> sorted[i]).toList();
      List<Integer> kept = positions(pool);
      assertEquals(
          expected, kept.stream().map(position -> scores[position]).sorted().toList(), "" + seed);
      assertEquals(kept.size(), kept.stream().distinct().count(), "seed " + seed);
    }
  }

  @Test
  void add_infinitiesAndGreatPositions_areOrderedAndKept() {
    var pool = new CandidatePool(2);
    pool.add(Float.MIN_VALUE, Integer.MAX_VALUE);
    pool.add(Float.NEGATIVE_INFINITY, 1);
    pool.add(Float.POSITIVE_INFINITY, Integer.MAX_VALUE - 1);
    pool.add(-Float.MIN_VALUE, 2);
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
}
