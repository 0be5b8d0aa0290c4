package io.memryx.bench.peers;

import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.tradeoff.Front;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * Everything that a run over the peers measured.
 *
 * @param surroundings what it was measured on
 * @param peers in the order of the command line
 */
record PeersReport(Surroundings surroundings, List<PeerFigures> peers) {
  /** The recalls at which speeds are compared. */
  static final List<Double> TARGETS = List.of(0.90, 0.95, 0.99);

  PeersReport {
    peers = List.copyOf(peers);
  }

  /**
   * The rate of the fastest index that is neither ours nor the scan without one.
   *
   * @return empty if none of them reaches the recall
   */
  OptionalDouble fastestRival(double recall) {
    return peers.stream()
        .filter(figures -> figures.peer.isRival())
        .flatMap(figures -> figures.front().rateAt(recall).stream().boxed())
        .mapToDouble(Double::doubleValue)
        .max();
  }

  /**
   * What the measurement ran on.
   *
   * @param title of the report
   * @param dataset name and shape
   * @param truth where the true neighbors come from
   * @param k neighbors asked for
   * @param rounds of every setting
   * @param hardware processor and system
   * @param jvm name and version
   * @param flags of every JVM
   * @param when date, and the machine's load before and after
   * @param command that was given
   */
  record Surroundings(
      String title,
      String dataset,
      String truth,
      int k,
      int rounds,
      String hardware,
      String jvm,
      String flags,
      When when,
      String command) {}

  /**
   * When it was measured.
   *
   * @param date in UTC
   * @param loadBefore load average at the start
   * @param loadAfter load average at the end: the measuring itself is part of it
   */
  record When(String date, String loadBefore, String loadAfter) {}

  /**
   * One peer's figures.
   *
   * @param peer which
   * @param vectors in its index
   * @param build what building took
   * @param opening what opening took
   * @param rungs its settings, in the order of its ladder
   * @param crowding speed of several threads, at one of the settings
   */
  record PeerFigures(
      Peer peer,
      int vectors,
      Build build,
      Opening opening,
      List<RungFigures> rungs,
      Crowding crowding) {

    PeerFigures {
      rungs = List.copyOf(rungs);
    }

    /** Its best settings. */
    Front front() {
      return new Front(
          rungs.stream().map(rung -> new Front.Point(rung.recall, rung.rate())).toList());
    }

    /** The best settings themselves, by rising recall. */
    List<RungFigures> frontRungs() {
      Front front = front();
      return rungs.stream()
          .filter(rung -> front.points().contains(new Front.Point(rung.recall, rung.rate())))
          .sorted(Comparator.comparingDouble(RungFigures::recall))
          .toList();
    }

    /** The best settings and those of note, by rising recall. */
    List<RungFigures> reportedRungs() {
      List<RungFigures> best = frontRungs();
      return rungs.stream()
          .filter(rung -> rung.rung.isOfNote() || best.contains(rung))
          .sorted(Comparator.comparingDouble(RungFigures::recall))
          .toList();
    }

    /** The fastest setting that reaches a recall. */
    Optional<RungFigures> fastestAt(double recall) {
      return rungs.stream()
          .filter(rung -> rung.recall >= recall)
          .max(Comparator.comparingDouble(RungFigures::rate));
    }

    double memoryBytesPerVector() {
      return (double) opening.memoryBytes / vectors;
    }

    double diskBytesPerVector() {
      return (double) opening.diskBytes / vectors;
    }
  }

  /**
   * What building took.
   *
   * @param configuration of the peer
   * @param source whether it was built in this run
   * @param when it was built
   * @param cost in time and heap
   */
  record Build(String configuration, Source source, String when, BuildRecord.Cost cost) {
    /** Where an index comes from. */
    enum Source {
      /** This run built it. */
      BUILT,
      /** An earlier run did. */
      KEPT
    }
  }

  /**
   * What opening took.
   *
   * @param seconds from opening the files to the first answer, in a JVM that has just started, with
   *     the files in the page cache
   * @param codeBytes of codes and factors of one vector; 0 where there are none, or none are told
   *     of
   * @param memoryBytes what must be in memory for searches at full speed
   * @param diskBytes of all files
   * @param kernels that the peer chose
   */
  record Opening(double seconds, int codeBytes, long memoryBytes, long diskBytes, String kernels) {}

  /**
   * One setting's figures.
   *
   * @param rung the setting
   * @param recall share of true neighbors found, ties included
   * @param recallById share of true neighbors found, by id alone
   * @param rounds one after the other
   */
  record RungFigures(Rung rung, double recall, double recallById, List<Round> rounds) {
    RungFigures {
      rounds = List.copyOf(rounds);
    }

    /** Queries per second of one thread: the median over the rounds, as all the others. */
    double rate() {
      return median(Round::queriesPerSecond);
    }

    double p50() {
      return median(Round::p50);
    }

    double p95() {
      return median(Round::p95);
    }

    double p99() {
      return median(Round::p99);
    }

    /** CPU time per wall time, in the worst round. */
    double cpuShare() {
      return rounds.stream().mapToDouble(Round::cpuShare).min().orElse(0);
    }

    private double median(ToDoubleFunction<Round> figure) {
      return Stopwatch.median(rounds.stream().mapToDouble(figure).toArray());
    }
  }

  /**
   * One round of a setting: all queries once, after a warm-up.
   *
   * @param queriesPerSecond of one thread
   * @param p50 microseconds
   * @param p95 microseconds
   * @param p99 microseconds
   * @param cpuShare CPU time of the thread per wall time
   */
  record Round(double queriesPerSecond, double p50, double p95, double p99, double cpuShare) {}

  /**
   * Several threads at one setting.
   *
   * @param setting that was searched with
   * @param one queries per second of one thread
   * @param two queries per second of two threads together
   */
  record Crowding(Rung setting, double one, double two) {}
}
