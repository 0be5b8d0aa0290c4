package io.memryx.bench.sweep;

import io.memryx.SearchRequest;

/** How hard a search is asked to look. */
sealed interface Setting {

  /** The name in reports. */
  String label();

  /** The request with this setting. */
  SearchRequest applyTo(SearchRequest request);

  /** What a caller gets who chooses nothing. */
  record Default() implements Setting {
    @Override
    public String label() {
      return "default";
    }

    @Override
    public SearchRequest applyTo(SearchRequest request) {
      return request;
    }
  }

  /** Every vector in full precision where it is kept, by its whole code elsewhere. */
  record Exact() implements Setting {
    @Override
    public String label() {
      return "exact";
    }

    @Override
    public SearchRequest applyTo(SearchRequest request) {
      return request.exact();
    }
  }

  /**
   * A chosen effort.
   *
   * @param probes inverted lists to scan
   * @param rerank candidates whose whole codes are scored
   */
  record Tuned(int probes, int rerank) implements Setting {
    @Override
    public String label() {
      return "probes %d, rerank %d".formatted(probes, rerank);
    }

    @Override
    public SearchRequest applyTo(SearchRequest request) {
      return request.withProbes(probes).withRerank(rerank);
    }
  }
}
