package io.memryx.bench.peers;

import java.io.IOException;
import java.util.List;

/**
 * An index of one library, opened from its files and searched. Thread-safe; searchers are not.
 *
 * @param <A> what the library answers with
 */
interface PeerIndex<A> extends AutoCloseable {

  /** A searcher for one thread. */
  Searcher<A> searcher() throws IOException;

  /** The settings worth measuring; of those with one {@code rerank}, the effort rises. */
  List<Rung> ladder();

  /**
   * Bytes that must be in memory for searches at full speed: codes, graphs, ids and, where the
   * search itself scores them, vectors; not vectors that only a rerank reads.
   */
  long memoryBytes() throws IOException;

  /** Bytes of codes and factors of one vector; 0 where there are none, or none are told of. */
  default int codeBytes() {
    return 0;
  }

  /** Which kernels the library chose. */
  String kernels();

  @Override
  void close() throws IOException;

  /**
   * Searches on behalf of one thread.
   *
   * @param <A> what the library answers with
   */
  interface Searcher<A> {

    /** The {@code k} nearest, in the library's own form: this is what is timed. */
    A search(float[] query, Rung rung, int k) throws IOException;

    /** The row numbers in an answer, best first. */
    int[] rows(A answer) throws IOException;
  }
}
