package io.memryx.bench.peers;

/**
 * One search setting of a peer's ladder: how wide it looks and how deep it scores again.
 *
 * @param label in the words of the peer
 * @param effort lists probed or graph candidates kept; 0 for the peer's default
 * @param rerank candidates scored again more precisely; 0 for none, or the peer's default
 */
record Rung(String label, int effort, int rerank) {
  /** An effort that leaves nothing out: every vector's whole code is scored. */
  static final int EVERYTHING = Integer.MAX_VALUE;

  Rung {
    if (effort < 0 || rerank < 0) {
      throw new IllegalArgumentException(
          "effort %d, rerank %d: expected at least 0".formatted(effort, rerank));
    }
  }

  /** Whether it is reported however slow it is: what a caller gets who chooses nothing, or all. */
  boolean isOfNote() {
    return effort == 0 || effort == EVERYTHING;
  }
}
