package io.memryx.bench.http;

import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Latencies.Percentiles;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.measure.TableReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What one tenant notices of another: modest searches within its plan, alone and beside greedy, who
 * asks for many times what its plan allows. The two conditions take turns, so that what drifts
 * drifts for both.
 */
final class FairnessRun {
  /** Until the first request is due: time for both loops to begin. */
  private static final Duration LEAD = Duration.ofMillis(20);

  private static final String MODEST = "modest";
  private static final String GREEDY = "greedy";
  private static final int LOAD_BATCH = 1_000;
  private static final int DIFFERENT_REQUESTS = 256;
  private static final int ADDED_AT_ONCE = 20;
  private static final int MODEST_CONNECTIONS = 16;
  private static final int GREEDY_CONNECTIONS = 48;

  /** The first searches of a process wait for its compilers. */
  private static final double WARM_UP_SECONDS = 8;

  private final Launch launch;
  private final Terms terms;
  private final TableReport report;
  private final Progress progress;
  private final SplittableRandom random;

  /** By how much modest's 99th percentile rose beside greedy, of each round. */
  private final Map<Greed, List<Double>> rises = new EnumMap<>(Greed.class);

  /** Of the last stretch. */
  private final Map<Integer, Integer> greedyStatuses = new TreeMap<>();

  /**
   * How much of what.
   *
   * @param vectors of each tenant
   * @param dimension of the vectors
   * @param rate modest's searches per second
   * @param greedyRate greedy's queries per second
   * @param greedyAdds greedy's vectors per second
   * @param seconds of each stretch
   * @param rounds how often each condition is measured
   * @param seed of vectors and queries
   */
  record Terms(
      int vectors,
      int dimension,
      double rate,
      double greedyRate,
      double greedyAdds,
      double seconds,
      int rounds,
      long seed) {}

  FairnessRun(Launch launch, Terms terms, TableReport report, Progress progress) {
    this.launch = launch;
    this.terms = terms;
    this.report = report;
    this.progress = progress;
    this.random = new SplittableRandom(terms.seed());
  }

  /** What greedy does. */
  private enum Greed {
    NOTHING("alone"),
    SEARCHES("beside searches"),
    ADDS("beside adds");

    private final String setting;

    Greed(String setting) {
      this.setting = setting;
    }
  }

  /** Measures; tells by how much modest's 99th percentile rose at worst, as a median of rounds. */
  double measure() throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(launch);
        ServerClient modest = new ServerClient(server.address(), MODEST);
        ServerClient greedy = new ServerClient(server.address(), GREEDY)) {
      server.awaitReady(modest);
      load(server, modest);
      load(server, greedy);
      progress.stage("warming up");
      stretch(server, Greed.NOTHING, WARM_UP_SECONDS);
      stretch(server, Greed.SEARCHES, WARM_UP_SECONDS);
      for (int round = 1; round <= terms.rounds(); round++) {
        progress.stage("round %d of %d".formatted(round, terms.rounds()));
        round(server, round);
      }
      server.stop();
    }
    rises.forEach(
        (greed, factors) ->
            report.add("p99, times", "median, " + greed.setting, rise(factors), ""));
    return rises.values().stream().mapToDouble(FairnessRun::rise).max().orElseThrow();
  }

  private static double rise(List<Double> factors) {
    return Stopwatch.median(factors.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private void round(ServerProcess server, int round) throws InterruptedException {
    Percentiles alone = stretch(server, Greed.NOTHING, terms.seconds());
    add(round, Greed.NOTHING, alone);
    for (Greed greed : List.of(Greed.SEARCHES, Greed.ADDS)) {
      Percentiles beside = stretch(server, greed, terms.seconds());
      add(round, greed, beside);
      greedyStatuses.forEach(
          (status, count) ->
              report.add("greedy's answers " + status, setting(round, greed), count, "requests"));
      report.add("p50, times", setting(round, greed), beside.p50() / alone.p50(), "");
      double rise = beside.p99() / alone.p99();
      report.add("p99, times", setting(round, greed), rise, "");
      rises.computeIfAbsent(greed, _ -> new ArrayList<>()).add(rise);
    }
  }

  private void add(int round, Greed greed, Percentiles percentiles) {
    report.add("p50", setting(round, greed), percentiles.p50() / 1e3, "ms");
    report.add("p99", setting(round, greed), percentiles.p99() / 1e3, "ms");
  }

  private static String setting(int round, Greed greed) {
    return "round %d, %s".formatted(round, greed.setting);
  }

  private void load(ServerProcess server, ServerClient client) throws InterruptedException {
    progress.stage("adding %d vectors".formatted(terms.vectors()));
    float[][] rows = new float[terms.vectors()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = vector();
    }
    for (int from = 0; from < rows.length; from += LOAD_BATCH) {
      long total = client.add(row -> rows[row], from, Math.min(from + LOAD_BATCH, rows.length));
      if (total < Math.min(from + LOAD_BATCH, rows.length)) {
        throw new ServerRunException("%d vectors are there after %d".formatted(total, from));
      }
    }
    server.awaitSwap(client, client.finalizeAdds());
  }

  private float[] vector() {
    float[] vector = new float[terms.dimension()];
    for (int at = 0; at < vector.length; at++) {
      vector[at] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** Modest's latencies while greedy does this. */
  private Percentiles stretch(ServerProcess server, Greed greed, double seconds)
      throws InterruptedException {
    greedyStatuses.clear();
    long start = System.nanoTime() + LEAD.toNanos();
    var searches =
        new OpenLoop(
            server.address(),
            searches(MODEST),
            new Arrivals(start, terms.rate(), seconds),
            MODEST_CONNECTIONS);
    List<OpenLoop> others = new ArrayList<>();
    List<byte[]> requests =
        switch (greed) {
          case NOTHING -> List.of();
          case SEARCHES -> searches(GREEDY);
          case ADDS -> adds();
        };
    if (!requests.isEmpty()) {
      double rate = greed == Greed.ADDS ? terms.greedyAdds() / ADDED_AT_ONCE : terms.greedyRate();
      others.add(
          new OpenLoop(
              server.address(), requests, new Arrivals(start, rate, seconds), GREEDY_CONNECTIONS));
    }
    searches.start();
    others.forEach(OpenLoop::start);
    OpenLoop.Outcome outcome = searches.await();
    for (OpenLoop other : others) {
      other.await().statuses().forEach((status, count) -> greedyStatuses.put(status, count));
    }
    requireAll(outcome);
    return outcome.answered();
  }

  private static void requireAll(OpenLoop.Outcome outcome) {
    if (!outcome.statuses().equals(Map.of(200, outcome.count()))) {
      throw new ServerRunException(
          "modest is within its plan, but got %s: every answer must be 200"
              .formatted(outcome.statuses()));
    }
  }

  private List<byte[]> searches(String key) {
    List<byte[]> requests = new ArrayList<>();
    for (int request = 0; request < DIFFERENT_REQUESTS; request++) {
      String body = "{\"vector\":\"%s\",\"k\":10}".formatted(Base64Vector.encode(vector()));
      requests.add(RawConnection.request("/search", key, body));
    }
    return requests;
  }

  private List<byte[]> adds() {
    List<byte[]> requests = new ArrayList<>();
    for (int request = 0; request < DIFFERENT_REQUESTS; request++) {
      var body = new StringBuilder("{\"vectors\":[");
      for (int entry = 0; entry < ADDED_AT_ONCE; entry++) {
        body.append(entry == 0 ? "" : ",")
            .append("{\"id\":\"%d\",\"values\":\"".formatted(request * ADDED_AT_ONCE + entry))
            .append(Base64Vector.encode(vector()))
            .append("\"}");
      }
      requests.add(RawConnection.request("/add", GREEDY, body.append("]}").toString()));
    }
    return requests;
  }
}
