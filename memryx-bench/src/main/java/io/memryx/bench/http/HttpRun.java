package io.memryx.bench.http;

import io.memryx.Metric;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Latencies;
import io.memryx.bench.measure.Machine;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.KnownVectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The script: load, finalize under searches, ask, stop, start again, ask again. */
final class HttpRun {
  private static final String API_KEY = "bench";

  private final Dataset dataset;
  private final Options options;
  private final Progress progress;
  private final float[][] queries;

  /**
   * How to run.
   *
   * @param launch the server
   * @param heap largest heap of the server, for the report
   * @param batch vectors per add
   * @param k neighbors asked for
   * @param queries number of queries, from the first
   * @param seed of the known vectors that are searched for
   */
  record Options(Launch launch, String heap, int batch, int k, int queries, long seed) {}

  HttpRun(Dataset dataset, Options options, Progress progress) {
    this.dataset = dataset;
    this.options = options;
    this.progress = progress;
    this.queries = dataset.queries().first(Math.min(options.queries(), dataset.queries().rows()));
  }

  /** What the first process gave. */
  private record Before(
      HttpReport.Load load,
      HttpReport.Finalizing finalizing,
      List<List<Hit>> answers,
      Latencies latencies,
      double stopSeconds) {}

  HttpReport run() throws IOException, InterruptedException {
    Before before = before();
    progress.stage("starting again");
    try (ServerProcess server = ServerProcess.start(options.launch());
        ServerClient client = new ServerClient(server.address(), API_KEY)) {
      server.awaitReady(client);
      double readySeconds = server.ageSeconds();
      List<Hit> first = client.search(queries[0], options.k());
      double firstAnswerSeconds = server.ageSeconds();
      long total = client.totalVectors();
      Latencies latencies = new Latencies();
      List<List<Hit>> answers = ask(client, latencies);
      // The very first answer of the new process counts as well.
      answers.addFirst(first);
      before.answers.addFirst(before.answers.getFirst());
      List<String> differences = differences(before.answers, answers);
      server.stop();
      return new HttpReport(
          subject(),
          before.load,
          before.finalizing,
          new HttpReport.Searches(
              queries.length, before.latencies.percentiles(), latencies.percentiles()),
          new HttpReport.Restart(
              before.stopSeconds,
              readySeconds,
              firstAnswerSeconds,
              total,
              differences.size(),
              differences.isEmpty() ? "" : differences.getFirst()));
    }
  }

  private HttpReport.Subject subject() {
    return new HttpReport.Subject(
        "%s, %d x %d, seed %d"
            .formatted(
                dataset.directory().toAbsolutePath().normalize().getFileName(),
                dataset.base().rows(),
                dataset.base().dimension(),
                options.seed()),
        dataset.base().rows(),
        options.heap(),
        options.batch(),
        Machine.jvm(),
        Machine.hardware());
  }

  private Before before() throws IOException, InterruptedException {
    progress.stage("starting the server");
    try (ServerProcess server = ServerProcess.start(options.launch());
        ServerClient client = new ServerClient(server.address(), API_KEY)) {
      server.awaitReady(client);
      HttpReport.Load load = load(client);
      HttpReport.Finalizing finalizing = finalizing(server, client);
      Latencies latencies = new Latencies();
      List<List<Hit>> answers = ask(client, latencies);
      progress.stage("stopping the server");
      long start = System.nanoTime();
      server.stop();
      return new Before(load, finalizing, answers, latencies, secondsSince(start));
    }
  }

  private HttpReport.Load load(ServerClient client) throws InterruptedException {
    int rows = dataset.base().rows();
    progress.stage("adding " + rows + " vectors");
    long start = System.nanoTime();
    long total = 0;
    for (int from = 0; from < rows; from += options.batch()) {
      total = client.add(dataset.base()::row, from, Math.min(from + options.batch(), rows));
    }
    return new HttpReport.Load(secondsSince(start), total);
  }

  private HttpReport.Finalizing finalizing(ServerProcess server, ServerClient client)
      throws InterruptedException {
    progress.stage("finalizing");
    // The seed's endpoints make their collection with this metric.
    var scan = new ExactScan(dataset.base(), Metric.COSINE);
    var searching =
        new SearchingThread(
            client,
            new KnownVectors(dataset.base(), scan),
            dataset.base().rows(),
            options.k(),
            options.seed());
    double seconds;
    searching.start();
    try {
      long start = System.nanoTime();
      String buildId = client.finalizeAdds();
      server.awaitSwap(client, buildId);
      seconds = secondsSince(start);
    } finally {
      searching.stop();
    }
    return searching.report(seconds);
  }

  private List<List<Hit>> ask(ServerClient client, Latencies latencies)
      throws InterruptedException {
    progress.stage("asking " + queries.length + " queries");
    List<List<Hit>> answers = new ArrayList<>(queries.length);
    for (float[] query : queries) {
      long start = System.nanoTime();
      answers.add(client.search(query, options.k()));
      latencies.add(System.nanoTime() - start);
    }
    return answers;
  }

  /** Every answer that is not the same to the last bit, in words. */
  private static List<String> differences(List<List<Hit>> answers, List<List<Hit>> others) {
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      if (!answers.get(i).equals(others.get(i))) {
        differences.add(
            "answer %d: %s before, %s after".formatted(i, answers.get(i), others.get(i)));
      }
    }
    return differences;
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
