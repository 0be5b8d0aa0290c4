package io.memryx;

/** How nearness is measured. Scores are "higher is better" for every metric. */
public enum Metric {
  /** Cosine similarity, {@code <q,x> / (|q| |x|)}, in [-1, 1]. Zero vectors are refused. */
  COSINE,
  /** Inner product, {@code <q,x>}. */
  DOT,
  /** Minus the squared Euclidean distance, {@code -|q - x|²}. */
  L2
}
