package io.memryx.bench.sweep;

import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.bench.relevance.Relevance;
import io.memryx.bench.truth.Ranking;
import io.memryx.bench.truth.Recall;
import java.util.ArrayList;
import java.util.List;

/**
 * What a collection answers to every query under one setting.
 *
 * @param perQuery the neighbors, best first, per query
 */
record Answers(List<List<Neighbor>> perQuery) {

  Answers {
    perQuery = List.copyOf(perQuery);
  }

  static Answers of(VectorCollection collection, Setting setting, float[][] queries, int k) {
    List<List<Neighbor>> answers = new ArrayList<>(queries.length);
    for (float[] query : queries) {
      answers.add(collection.search(setting.applyTo(SearchRequest.of(query, k))).neighbors());
    }
    return new Answers(answers);
  }

  /** Counts these answers into a recall. */
  void count(Recall recall, float[][] queries, List<Ranking> truth) {
    List<int[]> rows = rankings().perQuery();
    for (int query = 0; query < queries.length; query++) {
      recall.add(queries[query], truth.get(query), rows.get(query));
    }
  }

  /** The row numbers, which are the ids. */
  Relevance.Rankings rankings() {
    return new Relevance.Rankings(
        perQuery.stream()
            .map(near -> near.stream().mapToInt(one -> Integer.parseInt(one.id())).toArray())
            .toList());
  }

  /** How many queries are answered otherwise: other ids, another order or other scores. */
  int differences(Answers others) {
    int differences = 0;
    for (int query = 0; query < perQuery.size(); query++) {
      if (!perQuery.get(query).equals(others.perQuery.get(query))) {
        differences++;
      }
    }
    return differences;
  }
}
