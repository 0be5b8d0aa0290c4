package io.memryx.bench.sample;

import io.memryx.Metric;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.Ranking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Picks glosses so that the neighbors of everyday words are there: first the seeds themselves, then
 * the nearest gloss of every seed, then the second nearest of every seed, and so on. Deterministic.
 */
final class SampleSelection {
  /** Neighbors of a seed that may get in; more would drift away from the topic. */
  private static final int MAX_NEIGHBOURS = 100;

  private final Dataset dataset;
  private final List<String> texts;
  private final List<String> sourceIds;
  private final Lexicon lexicon;

  SampleSelection(Dataset dataset, Lexicon lexicon) throws IOException {
    this.dataset = dataset;
    this.texts = dataset.texts();
    this.sourceIds = dataset.sourceIds();
    this.lexicon = lexicon;
  }

  /**
   * The chosen glosses in order of row, no two with the same text.
   *
   * @throws IOException if a seed or a row is unknown to WordNet, or there are not that many
   */
  List<SampleEntry> select(List<String> seeds, int count, int threads) throws IOException {
    List<Integer> seedRows = rows(seeds);
    float[][] queries = seedRows.stream().map(dataset.base()::row).toArray(float[][]::new);
    List<Ranking> rankings =
        new ExactScan(dataset.base(), Metric.COSINE).nearest(queries, MAX_NEIGHBOURS, threads);
    Set<String> taken = new HashSet<>();
    Map<Integer, SampleEntry> chosen = new HashMap<>();
    for (int row : seedRows) {
      take(row, taken, chosen);
    }
    for (int rank = 0; rank < MAX_NEIGHBOURS && chosen.size() < count; rank++) {
      for (Ranking ranking : rankings) {
        if (rank < ranking.size() && chosen.size() < count) {
          take(ranking.row(rank), taken, chosen);
        }
      }
    }
    if (chosen.size() < count) {
      throw new IOException(
          "the topics have only %d glosses around them, not %d: ask for fewer, or add topics"
              .formatted(chosen.size(), count));
    }
    return chosen.values().stream().sorted((a, b) -> Integer.compare(a.row(), b.row())).toList();
  }

  private List<Integer> rows(List<String> seeds) throws IOException {
    Map<String, Integer> rowOfSource = new HashMap<>();
    for (int row = 0; row < sourceIds.size(); row++) {
      rowOfSource.put(sourceIds.get(row), row);
    }
    List<Integer> rows = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (String seed : seeds) {
      lexicon
          .meaning(seed)
          .map(rowOfSource::get)
          .ifPresentOrElse(rows::add, () -> unknown.add(seed));
    }
    if (!unknown.isEmpty()) {
      throw new IOException(
          "WordNet or the data set does not have these words of the topics: " + unknown);
    }
    return rows;
  }

  private void take(int row, Set<String> taken, Map<Integer, SampleEntry> chosen)
      throws IOException {
    String sourceId = sourceIds.get(row);
    Synset synset =
        lexicon
            .synset(sourceId)
            .orElseThrow(
                () ->
                    new IOException(
                        "row %d is %s, which the lexicon does not know: not the WordNet that the data set is of"
                            .formatted(row, sourceId)));
    // The file separates words by commas; a few chemicals have them in their names.
    boolean separable = synset.words().stream().noneMatch(word -> word.contains(","));
    if (separable && taken.add(texts.get(row))) {
      chosen.put(row, new SampleEntry(row, texts.get(row), synset));
    }
  }
}
