package io.memryx.bench.relevance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.relevance.Relevance.Rankings;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RelevanceTest {

  @Test
  void difference_handComputed() {
    // Differences 1, 0, 2, 1: mean 1, sample variance 2/3, standard error sqrt(2/3/4).
    PairedDifference difference =
        PairedDifference.of(new double[] {2, 3, 4, 1}, new double[] {1, 3, 2, 0});

    assertEquals(1, difference.mean(), 1e-12);
    assertEquals(Math.sqrt(1.0 / 6), difference.standardError(), 1e-12);
    assertEquals(1 - 1.96 * Math.sqrt(1.0 / 6), difference.low(), 1e-12);
    assertEquals(1 + 1.96 * Math.sqrt(1.0 / 6), difference.high(), 1e-12);
    assertFalse(difference.holdsZero());
  }

  @Test
  void difference_equalAnswers_isZeroWithoutError() {
    PairedDifference difference =
        PairedDifference.of(new double[] {0.25, 0.5}, new double[] {0.25, 0.5});

    assertEquals(0, difference.mean());
    assertEquals(0, difference.standardError());
    assertTrue(difference.holdsZero());
  }

  @Test
  void difference_unevenOrTooFew_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> PairedDifference.of(new double[2], new double[3]));
    assertThrows(
        IllegalArgumentException.class, () -> PairedDifference.of(new double[1], new double[1]));
  }

  @Test
  void relevance_twoQueries_meansAndDifference() {
    var qrels = new Qrels(List.of(Set.of(1), Set.of(2)));
    var answers = new Rankings(List.of(new int[] {5, 1}, new int[] {2, 6}));
    var exact = new Rankings(List.of(new int[] {1, 5}, new int[] {2, 6}));

    Relevance relevance = Relevance.of(RankMeasure.MRR, qrels, answers, exact, 10);

    assertEquals(0.75, relevance.value(), 1e-12);
    assertEquals(1, relevance.exact(), 1e-12);
    assertEquals(-0.25, relevance.difference().mean(), 1e-12);
  }
}
