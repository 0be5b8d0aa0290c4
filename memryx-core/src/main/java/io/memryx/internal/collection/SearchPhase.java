package io.memryx.internal.collection;

/** What the time of a search is counted under. */
enum SearchPhase {
  HOT_BUFFER,
  ROUTING,
  SCANNING,
  RANKING,
  RERANKING,
  REST
}
