package io.memryx.bench.peers;

import io.memryx.Metric;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.measure.Machine;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.peers.PeersReport.Build;
import io.memryx.bench.peers.PeersReport.Crowding;
import io.memryx.bench.peers.PeersReport.Opening;
import io.memryx.bench.peers.PeersReport.PeerFigures;
import io.memryx.bench.peers.PeersReport.Round;
import io.memryx.bench.peers.PeersReport.RungFigures;
import io.memryx.bench.peers.PeersReport.Surroundings;
import io.memryx.bench.tradeoff.Front;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.GroundTruth;
import io.memryx.bench.truth.Recall;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * One run over several peers: build each in a process of its own, open all of them, each in
 * another, and measure them in turns. Used once.
 */
final class PeersRun {
  /** The recall that several threads are measured at, or the first beyond it. */
  private static final double CROWDED_RECALL = 0.95;

  /** A ladder's end: more effort finds nothing more. */
  private static final double ALL_FOUND = 0.9995;

  /** A gain of recall below this, twice in a row, is none: the codes are at their limit. */
  private static final double LEAST_GAIN = 0.0005;

  /** A round of a slow setting asks only so many queries that it takes about this long. */
  private static final double ROUND_SECONDS = 4;

  /**
   * A setting is left out of the rounds if another one finds as much and is faster by this factor
   * in a rough measurement: far more than that is off.
   */
  private static final double CLEARLY_FASTER = 1.4;

  /** Most queries of one rough measurement. */
  private static final int ROUGH_QUERIES = 250;

  /** Rough measurements of a setting; the fastest counts, as nothing makes a run too fast. */
  private static final int ROUGH_RUNS = 3;

  /** Fewer queries than this say nothing about percentiles. */
  private static final int LEAST_QUERIES = 100;

  /** Queries whose answers are checked where every one takes a scan of everything. */
  private static final int SCANNED_QUERIES = 100;

  private final PeersOptions options;
  private final Progress progress;
  private final VectorRows base;
  private final float[][] queries;
  private final ExactScan scan;
  private final GroundTruth truth;

  PeersRun(Dataset dataset, PeersOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
    this.base = dataset.base().limitedTo(options.limit());
    this.queries = dataset.queries().first(Math.min(options.queries(), dataset.queries().rows()));
    this.scan = new ExactScan(base, Metric.DOT);
    progress.stage("true neighbors");
    // The data set's own truth speaks of all its vectors.
    this.truth =
        base.rows() == dataset.base().rows()
            ? GroundTruth.of(dataset, Metric.DOT, queries, options.k(), options.threads())
            : new GroundTruth(
                "brute-force scan", scan.nearest(queries, options.k(), options.threads()));
  }

  /** A peer's process, opened, with what is known of it so far. */
  private record Measured(
      PeerProcess process, Build build, Opening opening, List<Climbed> climbed) {}

  /** A rung that was climbed, with the place it has in the peer's ladder. */
  private record Climbed(
      Rung rung,
      int index,
      double recall,
      double recallById,
      double roughRate,
      List<Round> rounds) {

    Climbed withRoughRate(double roughRate) {
      return new Climbed(rung, index, recall, recallById, roughRate, rounds);
    }

    /** Queries of a round: all, unless that takes too long. */
    int queries() {
      return Math.max(LEAST_QUERIES, (int) (roughRate * ROUND_SECONDS));
    }

    boolean outdoes(Climbed other) {
      return new Front.Point(recall, roughRate)
          .outdoes(new Front.Point(other.recall, other.roughRate), CLEARLY_FASTER);
    }
  }

  /** Every peer's figures. */
  List<PeerFigures> measure() throws IOException {
    Files.createDirectories(options.out());
    Map<Peer, Build> builds = new EnumMap<>(Peer.class);
    for (Peer peer : options.peers()) {
      builds.put(peer, build(peer));
    }
    Map<Peer, Measured> measured = new EnumMap<>(Peer.class);
    try {
      for (Peer peer : options.peers()) {
        measured.put(peer, open(peer, Objects.requireNonNull(builds.get(peer))));
      }
      rounds(List.copyOf(measured.values()));
      List<PeerFigures> figures = new ArrayList<>();
      for (Peer peer : options.peers()) {
        figures.add(figures(peer, Objects.requireNonNull(measured.get(peer))));
      }
      return figures;
    } finally {
      measured.values().forEach(one -> one.process.close());
    }
  }

  /** What this run measures on. */
  Surroundings surroundings(String dataset, String command, PeersReport.When when) {
    return new Surroundings(
        options.title(),
        "%s, %,d x %d, %,d queries"
            .formatted(dataset, base.rows(), base.dimension(), queries.length),
        truth.source(),
        options.k(),
        options.rounds(),
        Machine.hardware(),
        Machine.jvm(),
        Machine.flags(),
        when,
        command);
  }

  /** Now, to the minute. */
  static String now() {
    return LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES) + " UTC";
  }

  private PeerProcess start(Peer peer) throws IOException {
    Path log = options.out().resolve(peer.label() + ".log");
    return PeerProcess.start(peer, options.work(), log);
  }

  private Build build(Peer peer) throws IOException {
    progress.stage("building " + peer.label());
    try (PeerProcess process = start(peer)) {
      Message built =
          process.ask(
              Message.of("build")
                  .with("threads", options.threads())
                  // What is under development is never measured by an old build.
                  .with("may_keep", peer.maker() != Peer.Maker.MEMRYX));
      return new Build(
          built.text("configuration"),
          Boolean.parseBoolean(built.text("kept")) ? Build.Source.KEPT : Build.Source.BUILT,
          built.text("when"),
          new BuildRecord.Cost(
              built.number("seconds"),
              built.number("taken_over_seconds"),
              built.whole("heap_peak_bytes"),
              built.whole("heap_after_collection_bytes")));
    }
  }

  private Measured open(Peer peer, Build build) throws IOException {
    progress.stage("opening " + peer.label());
    PeerProcess process = start(peer);
    try {
      Message opened = process.ask(Message.of("open"));
      var opening =
          new Opening(
              opened.number("seconds"),
              Math.toIntExact(opened.whole("code_bytes")),
              opened.whole("memory_bytes"),
              opened.whole("disk_bytes"),
              opened.text("kernels"));
      progress.stage("climbing " + peer.label());
      List<Climbed> climbed =
          worthwhile(process, climb(peer, process, ladder(opened.text("rungs"))));
      return new Measured(process, build, opening, climbed);
    } catch (IOException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private static List<Rung> ladder(String text) {
    return Arrays.stream(text.split(";"))
        .map(
            rung -> {
              String[] parts = rung.split("/", 3);
              return new Rung(parts[2], Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            })
        .toList();
  }

  /**
   * Asks every rung once and counts its recall; of rungs with one rerank, those beyond the first
   * that finds everything are left out.
   */
  private List<Climbed> climb(Peer peer, PeerProcess process, List<Rung> ladder)
      throws IOException {
    int asked = peer.maker() == Peer.Maker.NONE ? SCANNED_QUERIES : queries.length;
    Map<Integer, Climb> climbs = new HashMap<>();
    List<Climbed> climbed = new ArrayList<>();
    for (int index = 0; index < ladder.size(); index++) {
      Rung rung = ladder.get(index);
      // Where the rerank follows the effort, all rungs are one climb.
      int climbKey = peer.maker() == Peer.Maker.MEMRYX ? rung.rerank() : 0;
      Climb climb = climbs.computeIfAbsent(climbKey, key -> new Climb());
      if (climb.isOver() && !rung.isOfNote()) {
        continue;
      }
      Message answer = process.ask(Message.of("rows").with("rung", index).with("queries", asked));
      Recall recall = recall(answer.text("rows"));
      double rate = Math.min(asked, queries.length) / answer.number("seconds");
      climbed.add(
          new Climbed(rung, index, recall.withTies(), recall.byId(), rate, new ArrayList<>()));
      climb.reached(recall.withTies());
    }
    return climbed;
  }

  /** Leaves out what other settings clearly outdo, now that the peer's code is compiled. */
  private List<Climbed> worthwhile(PeerProcess process, List<Climbed> climbed) throws IOException {
    List<Climbed> all = new ArrayList<>();
    for (Climbed one : climbed) {
      int count = Math.clamp((long) one.roughRate, 1, Math.min(ROUGH_QUERIES, queries.length));
      double fastest = one.roughRate;
      for (int run = 0; run < ROUGH_RUNS; run++) {
        Message answer =
            process.ask(Message.of("rows").with("rung", one.index).with("queries", count));
        fastest = Math.max(fastest, count / answer.number("seconds"));
      }
      all.add(one.withRoughRate(fastest));
    }
    return all.stream()
        .filter(one -> one.rung.isOfNote() || all.stream().noneMatch(other -> other.outdoes(one)))
        .toList();
  }

  /** How far a climb has come. */
  private static final class Climb {
    private double highest;
    private int idle;

    void reached(double recall) {
      idle = recall < highest + LEAST_GAIN ? idle + 1 : 0;
      highest = Math.max(highest, recall);
    }

    boolean isOver() {
      return highest >= ALL_FOUND || idle >= 2;
    }
  }

  private Recall recall(String rows) {
    var recall = new Recall(scan, options.k());
    String[] answers = rows.split(";", -1);
    for (int query = 0; query < answers.length; query++) {
      int[] answer =
          answers[query].isEmpty()
              ? new int[0]
              : Arrays.stream(answers[query].split(",")).mapToInt(Integer::parseInt).toArray();
      recall.add(queries[query], truth.rankings().get(query), answer);
    }
    return recall;
  }

  /**
   * All peers take turns, and another one begins each round: drift of the machine hits all alike.
   */
  private void rounds(List<Measured> measured) throws IOException {
    for (int round = 0; round < options.rounds(); round++) {
      for (int turn = 0; turn < measured.size(); turn++) {
        Measured one = measured.get((round + turn) % measured.size());
        progress.stage(
            "round %d of %d: %s".formatted(round + 1, options.rounds(), one.build.configuration()));
        for (Climbed climbed : one.climbed) {
          climbed.rounds.add(time(one.process, climbed));
        }
      }
    }
  }

  private Round time(PeerProcess process, Climbed climbed) throws IOException {
    Message timed =
        process.ask(
            Message.of("time")
                .with("rung", climbed.index)
                .with("queries", climbed.queries())
                .with("warm_up_seconds", options.warmUpSeconds()));
    return new Round(
        timed.number("qps"),
        timed.number("p50"),
        timed.number("p95"),
        timed.number("p99"),
        timed.number("cpu"));
  }

  private PeerFigures figures(Peer peer, Measured measured) throws IOException {
    progress.stage("several threads: " + peer.label());
    List<RungFigures> rungs =
        measured.climbed.stream()
            .map(one -> new RungFigures(one.rung, one.recall, one.recallById, one.rounds))
            .toList();
    return new PeerFigures(
        peer, base.rows(), measured.build, measured.opening, rungs, crowding(measured, rungs));
  }

  private Crowding crowding(Measured measured, List<RungFigures> rungs) throws IOException {
    Climbed climbed = measured.climbed.get(crowdedRung(rungs).orElse(rungs.size() - 1));
    double[] one = new double[options.rounds()];
    double[] two = new double[options.rounds()];
    for (int round = 0; round < options.rounds(); round++) {
      one[round] = rate(measured.process, climbed, 1);
      two[round] = rate(measured.process, climbed, 2);
    }
    return new Crowding(climbed.rung, Stopwatch.median(one), Stopwatch.median(two));
  }

  /** The fastest rung that reaches the recall. */
  private static OptionalInt crowdedRung(List<RungFigures> rungs) {
    int best = -1;
    for (int i = 0; i < rungs.size(); i++) {
      RungFigures rung = rungs.get(i);
      if (rung.recall() >= CROWDED_RECALL && (best < 0 || rung.rate() > rungs.get(best).rate())) {
        best = i;
      }
    }
    return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
  }

  private static double rate(PeerProcess process, Climbed climbed, int threads) throws IOException {
    return process
        .ask(
            Message.of("threads")
                .with("rung", climbed.index)
                .with("threads", threads)
                .with("seconds", 2))
        .number("qps");
  }
}
