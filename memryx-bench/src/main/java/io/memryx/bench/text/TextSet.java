package io.memryx.bench.text;

import java.util.List;
import java.util.Optional;

/**
 * A data set before it has vectors.
 *
 * @param texts what is searched, one per row
 * @param ids where each text comes from
 * @param queries what is searched for
 * @param answers per query the row that it belongs to, where the source says so
 */
record TextSet(
    List<String> texts, List<String> ids, List<String> queries, Optional<List<Integer>> answers) {
  TextSet {
    texts = List.copyOf(texts);
    ids = List.copyOf(ids);
    queries = List.copyOf(queries);
    answers = answers.map(List::copyOf);
    if (texts.isEmpty() || queries.isEmpty() || ids.size() != texts.size()) {
      throw new IllegalArgumentException(
          "%d texts, %d ids, %d queries: expected an id for every text, and a query"
              .formatted(texts.size(), ids.size(), queries.size()));
    }
    int answered = answers.map(List::size).orElse(queries.size());
    if (answered != queries.size()) {
      throw new IllegalArgumentException(
          "%d answers to %d queries: expected one for each".formatted(answered, queries.size()));
    }
  }
}
