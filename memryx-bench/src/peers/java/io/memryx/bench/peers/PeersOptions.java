package io.memryx.bench.peers;

import java.nio.file.Path;
import java.util.List;

/**
 * What a run over the peers measures.
 *
 * @param title of the report
 * @param peers in this order
 * @param work what every peer works on
 * @param out directory of the reports
 * @param threads of builds
 * @param rounds of every setting
 * @param warmUpSeconds before each round of a setting
 */
record PeersOptions(
    String title,
    List<Peer> peers,
    PeerProcess.Work work,
    Path out,
    int threads,
    int rounds,
    double warmUpSeconds) {

  PeersOptions {
    peers = List.copyOf(peers);
    if (peers.isEmpty() || threads < 1 || rounds < 1 || work.limit() < 1 || work.queries() < 1) {
      throw new IllegalArgumentException(
          "%d peers, %d threads, %d rounds, %d vectors, %d queries: expected at least 1 of each"
              .formatted(peers.size(), threads, rounds, work.limit(), work.queries()));
    }
  }

  int limit() {
    return work.limit();
  }

  int queries() {
    return work.queries();
  }

  int k() {
    return work.k();
  }
}
