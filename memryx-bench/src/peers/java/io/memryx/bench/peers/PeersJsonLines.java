package io.memryx.bench.peers;

import io.memryx.bench.measure.JsonLine;
import io.memryx.bench.peers.PeersReport.PeerFigures;
import io.memryx.bench.peers.PeersReport.Round;
import io.memryx.bench.peers.PeersReport.RungFigures;
import io.memryx.bench.peers.PeersReport.Surroundings;
import java.util.Locale;

/**
 * A run's report for programs: one JSON object a line, told apart by {@code type}: {@code
 * surroundings}, then per peer {@code peer}, {@code setting} (medians), {@code round}.
 */
final class PeersJsonLines {
  private PeersJsonLines() {}

  static String of(PeersReport report) {
    var lines = new StringBuilder(surroundings(report.surroundings()));
    for (PeerFigures peer : report.peers()) {
      lines.append(peer(peer));
      for (RungFigures rung : peer.rungs()) {
        lines.append(setting(peer, rung));
        for (int round = 0; round < rung.rounds().size(); round++) {
          lines.append(round(peer, rung, round));
        }
      }
    }
    return lines.toString();
  }

  private static String surroundings(Surroundings surroundings) {
    return JsonLine.of("surroundings")
        .put("title", surroundings.title())
        .put("dataset", surroundings.dataset())
        .put("truth", surroundings.truth())
        .put("k", surroundings.k())
        .put("rounds", surroundings.rounds())
        .put("hardware", surroundings.hardware())
        .put("jvm", surroundings.jvm())
        .put("flags", surroundings.flags())
        .put("date", surroundings.when().date())
        .put("load_before", surroundings.when().loadBefore())
        .put("load_after", surroundings.when().loadAfter())
        .put("command", surroundings.command())
        .end();
  }

  private static String peer(PeerFigures peer) {
    JsonLine line =
        JsonLine.of("peer")
            .put("peer", peer.peer().label())
            .put("configuration", peer.build().configuration())
            .put("kernels", peer.opening().kernels())
            .put("vectors", peer.vectors())
            .put("build_source", peer.build().source().name().toLowerCase(Locale.ROOT))
            .put("built", peer.build().when())
            .put("build_seconds", peer.build().cost().seconds())
            .put("build_taken_over_seconds", peer.build().cost().takenOverSeconds())
            .put("build_heap_peak_bytes", peer.build().cost().heapPeakBytes())
            .put(
                "build_heap_after_collection_bytes", peer.build().cost().heapAfterCollectionBytes())
            .put("code_bytes_per_vector", peer.opening().codeBytes())
            .put("memory_bytes", peer.opening().memoryBytes())
            .put("disk_bytes", peer.opening().diskBytes())
            .put("first_answer_seconds", peer.opening().seconds())
            .put("threads_setting", peer.crowding().setting().label())
            .put("one_thread_queries_per_second", peer.crowding().one())
            .put("two_threads_queries_per_second", peer.crowding().two());
    for (double target : PeersReport.TARGETS) {
      peer.front()
          .rateAt(target)
          .ifPresent(rate -> line.put("queries_per_second_at_" + target, rate));
    }
    return line.end();
  }

  private static String setting(PeerFigures peer, RungFigures rung) {
    return JsonLine.of("setting")
        .put("peer", peer.peer().label())
        .put("setting", rung.rung().label())
        .put("effort", rung.rung().effort())
        .put("rerank", rung.rung().rerank())
        .put("recall", rung.recall())
        .put("recall_by_id", rung.recallById())
        .put("queries_per_second", rung.rate())
        .put("p50_micros", rung.p50())
        .put("p95_micros", rung.p95())
        .put("p99_micros", rung.p99())
        .put("cpu_share", rung.cpuShare())
        .end();
  }

  private static String round(PeerFigures peer, RungFigures rung, int number) {
    Round round = rung.rounds().get(number);
    return JsonLine.of("round")
        .put("peer", peer.peer().label())
        .put("setting", rung.rung().label())
        .put("round", number + 1)
        .put("queries_per_second", round.queriesPerSecond())
        .put("p50_micros", round.p50())
        .put("p95_micros", round.p95())
        .put("p99_micros", round.p99())
        .put("cpu_share", round.cpuShare())
        .end();
  }
}
