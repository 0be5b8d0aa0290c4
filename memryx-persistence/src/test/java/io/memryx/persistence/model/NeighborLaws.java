package io.memryx.persistence.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Entry;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.persistence.model.Operation.Query;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a search may answer, given all entries that it may find.
 *
 * @param tolerance how far a score may be from the definition's
 * @param care whether the best are found, or some that are good
 */
record NeighborLaws(Metric metric, double tolerance, Care care) {

  /** How much a search promises. */
  enum Care {
    /** As many neighbors as there are entries, at most k; not always the best. */
    ENOUGH,
    /** The best, but for differences within the tolerance. */
    BEST,
    /** The best in their one order, equal vectors in order of id. */
    ORDERED,
    /** Scores are exact numbers: the very list that a brute-force search gives. */
    EXACT
  }

  /** Whether neighbors are what a query may find among candidates, which are in order of id. */
  void check(float[] vector, Query query, List<Entry> candidates, List<Neighbor> neighbors) {
    Map<String, Entry> candidatesById = new HashMap<>();
    candidates.forEach(candidate -> candidatesById.put(candidate.id(), candidate));
    for (Neighbor neighbor : neighbors) {
      Entry entry = candidatesById.remove(neighbor.id());
      assertTrue(
          entry != null,
          () -> neighbor.id() + " is found twice, or dead, or excluded, or fails the filter");
      checkNeighbor(vector, query, entry, neighbor);
    }
    checkOrder(neighbors);
    checkCount(vector, query, candidates, neighbors);
    switch (care) {
      case ENOUGH -> {}
      case BEST -> checkBest(vector, query, candidatesById, neighbors);
      case ORDERED -> {
        checkBest(vector, query, candidatesById, neighbors);
        checkTies(candidates, candidatesById, neighbors);
      }
      case EXACT -> checkExact(vector, query, candidates, neighbors);
    }
  }

  private void checkNeighbor(float[] vector, Query query, Entry entry, Neighbor neighbor) {
    assertEquals(entry.metadata(), neighbor.metadata(), entry.id());
    assertEquals(score(vector, entry), neighbor.score(), tolerance, entry.id());
    query
        .minScore()
        .ifPresent(
            minScore ->
                assertTrue(
                    neighbor.score() >= minScore, () -> neighbor + " scores less than asked for"));
  }

  private static void checkOrder(List<Neighbor> neighbors) {
    Comparator<Neighbor> order =
        Comparator.comparingDouble((Neighbor neighbor) -> -neighbor.score())
            .thenComparing(Neighbor::id, Model.BY_CODE_POINT);
    assertEquals(neighbors.stream().sorted(order).toList(), neighbors, "score, then id");
  }

  /** Only those whose score is within the tolerance of the least one wanted are in doubt. */
  private void checkCount(
      float[] vector, Query query, List<Entry> candidates, List<Neighbor> neighbors) {
    double minScore = query.minScore().map(Float::doubleValue).orElse(Double.NEGATIVE_INFINITY);
    long certain = count(vector, candidates, minScore + tolerance);
    long possible = count(vector, candidates, minScore - tolerance);
    // A search that need not find the best may miss those that score enough.
    long least = care == Care.ENOUGH && query.minScore().isPresent() ? 0 : certain;
    assertTrue(
        neighbors.size() >= Math.min(query.k(), least)
            && neighbors.size() <= Math.min(query.k(), possible),
        () ->
            "%d neighbors of %d to %d, k = %d"
                .formatted(neighbors.size(), certain, possible, query.k()));
  }

  private long count(float[] vector, List<Entry> candidates, double minScore) {
    return candidates.stream().filter(entry -> score(vector, entry) >= minScore).count();
  }

  private void checkBest(
      float[] vector, Query query, Map<String, Entry> missed, List<Neighbor> neighbors) {
    if (neighbors.size() == query.k()) {
      double worst = neighbors.getLast().score();
      for (Entry entry : missed.values()) {
        double score = score(vector, entry);
        assertTrue(
            score <= worst + tolerance,
            () -> "%s is missing: %s, the last is %s".formatted(entry.id(), score, worst));
      }
    }
  }

  /** Of those that have one vector, the ones with the first ids are found. */
  private static void checkTies(
      List<Entry> candidates, Map<String, Entry> missed, List<Neighbor> neighbors) {
    if (neighbors.isEmpty()) {
      return;
    }
    String lastId = neighbors.getLast().id();
    Entry last =
        candidates.stream().filter(entry -> entry.id().equals(lastId)).findFirst().orElseThrow();
    for (Entry entry : missed.values()) {
      assertTrue(
          !Arrays.equals(entry.vector(), last.vector())
              || Model.BY_CODE_POINT.compare(entry.id(), lastId) > 0,
          () -> "%s has the vector of %s and comes before it".formatted(entry.id(), lastId));
    }
  }

  private void checkExact(
      float[] vector, Query query, List<Entry> candidates, List<Neighbor> neighbors) {
    double minScore = query.minScore().map(Float::doubleValue).orElse(Double.NEGATIVE_INFINITY);
    List<String> expected =
        candidates.stream()
            .filter(entry -> score(vector, entry) >= minScore)
            // Stable: those of one score stay in order of id.
            .sorted(Comparator.comparingDouble(entry -> -score(vector, entry)))
            .limit(query.k())
            .map(Entry::id)
            .toList();
    assertEquals(expected, neighbors.stream().map(Neighbor::id).toList());
  }

  private double score(float[] vector, Entry entry) {
    return Model.score(metric, vector, entry.vector());
  }
}
