package io.memryx.bench.http;

import com.sun.management.ThreadMXBean;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Memryx;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.dataset.Loader;
import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Latencies;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.measure.TableReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What HTTP adds to a search, and what it makes of uploads. The same entries are in a collection of
 * this process and in one of a server; embedded searches and those over HTTP take turns, so that
 * what drifts drifts for both. Used once.
 */
final class LayerRun {
  private static final String API_KEY = "bench";

  /** What HTTP may cost, by the project's promise: processor time of the server per search. */
  private static final double MOST_MICROS = 60;

  /** Until the compilers of both processes have what they need. */
  private static final int WARM_UP_ROUNDS = 2;

  private final Dataset dataset;
  private final Launch launch;
  private final Terms terms;
  private final TableReport report;
  private final Progress progress;
  private final float[][] queries;
  private final Map<Way, List<Figures>> rounds = new LinkedHashMap<>();

  /**
   * How much of what.
   *
   * @param rows vectors of the collection
   * @param uploaded vectors of an upload
   * @param batch vectors of one document of an upload
   * @param k neighbors asked for
   * @param clients connections that search at the same time, in the crowded setting
   * @param rounds of each setting, after the warm-up
   * @param seconds of one setting in one round
   */
  record Terms(int rows, int uploaded, int batch, int k, int clients, int rounds, double seconds) {}

  /** How a search is asked for. */
  private enum Way {
    EMBEDDED("embedded, 1 thread"),
    BASE64("base64, 1 connection"),
    NUMBERS("JSON numbers, 1 connection"),
    CROWDED("base64, %d connections");

    private final String setting;

    Way(String setting) {
      this.setting = setting;
    }

    String setting(Terms terms) {
      return setting.formatted(terms.clients());
    }
  }

  /** What one setting came to in one round, per search. */
  private record Figures(
      double perSecond,
      Latencies.Percentiles latencies,
      double cpuMicros,
      double javaMicros,
      double bytes) {}

  LayerRun(Dataset dataset, Launch launch, Terms terms, TableReport report, Progress progress) {
    this.dataset = dataset;
    this.launch = launch;
    this.terms = terms;
    this.report = report;
    this.progress = progress;
    this.queries = dataset.queries().first(dataset.queries().rows());
  }

  /** Measures; tells whether the layer keeps its promise. */
  boolean measure() throws IOException, InterruptedException {
    try (VectorStore store = Memryx.inMemory();
        ServerProcess server = ServerProcess.start(launch);
        ServerClient client = new ServerClient(server.address(), API_KEY)) {
      server.awaitReady(client);
      try (ServerMeter meter = ServerMeter.at(server)) {
        VectorCollection embedded = embed(store);
        load(server, client);
        requireSameAnswers(embedded, client);
        searches(server, meter, embedded);
        uploads(server, meter);
      }
      server.stop();
    }
    return reportSearches();
  }

  // ---- the same entries in both

  private VectorCollection embed(VectorStore store) {
    progress.stage("building %,d vectors here".formatted(terms.rows()));
    VectorCollection collection =
        store.collection("layer", CollectionOptions.of(dataset.base().dimension()));
    Loader.upsert(collection, dataset.base(), 0, terms.rows());
    collection.build(BuildRequest.defaults());
    return collection;
  }

  private void load(ServerProcess server, ServerClient client) throws InterruptedException {
    progress.stage("building %,d vectors there".formatted(terms.rows()));
    for (int from = 0; from < terms.rows(); from += terms.batch()) {
      client.add(dataset.base()::row, from, Math.min(from + terms.batch(), terms.rows()));
    }
    server.awaitSwap(client, client.finalizeAdds());
  }

  /** Else the two would not do the same work, and their difference would tell nothing. */
  private void requireSameAnswers(VectorCollection embedded, ServerClient client)
      throws InterruptedException {
    for (float[] query : Arrays.copyOf(queries, Math.min(queries.length, 100))) {
      List<String> here =
          embedded.search(SearchRequest.of(query, terms.k())).neighbors().stream()
              .map(neighbor -> neighbor.id())
              .toList();
      List<String> there = client.search(query, terms.k()).stream().map(Hit::id).toList();
      if (!here.equals(there)) {
        throw new ServerRunException("embedded %s, over HTTP %s".formatted(here, there));
      }
    }
  }

  // ---- searches

  private void searches(ServerProcess server, ServerMeter meter, VectorCollection embedded)
      throws IOException, InterruptedException {
    List<byte[]> base64 = requests(LayerRun::base64);
    List<byte[]> numbers = requests(Arrays::toString);
    try (ClosedLoop one = new ClosedLoop(server.address(), 1);
        ClosedLoop many = new ClosedLoop(server.address(), terms.clients())) {
      for (int round = -WARM_UP_ROUNDS; round < terms.rounds(); round++) {
        progress.stage(round < 0 ? "warming up" : "searching, round " + (round + 1));
        if (round == 0) {
          rounds.clear();
        }
        note(Way.EMBEDDED, embedded(embedded));
        note(Way.BASE64, overHttp(meter, one, base64));
        note(Way.NUMBERS, overHttp(meter, one, numbers));
        note(Way.CROWDED, overHttp(meter, many, base64));
      }
    }
  }

  /** A vector as JSON. */
  @FunctionalInterface
  private interface Notation {
    String of(float[] vector);
  }

  private static String base64(float[] vector) {
    return '"' + Base64Vector.encode(vector) + '"';
  }

  private List<byte[]> requests(Notation notation) {
    return Arrays.stream(queries)
        .map(query -> "{\"vector\":%s,\"k\":%d}".formatted(notation.of(query), terms.k()))
        .map(body -> RawConnection.request("/search", API_KEY, body))
        .toList();
  }

  private void note(Way way, Figures figures) {
    rounds.computeIfAbsent(way, _ -> new ArrayList<>()).add(figures);
  }

  private Figures embedded(VectorCollection collection) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Latencies latencies = new Latencies();
    long begin = System.nanoTime();
    long cpu = threads.getCurrentThreadCpuTime();
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long end = begin + (long) (terms.seconds() * 1e9);
    int query = 0;
    for (long asked = begin; asked < end; ) {
      collection.search(SearchRequest.of(queries[query], terms.k()));
      query = (query + 1) % queries.length;
      long answered = System.nanoTime();
      latencies.add(answered - asked);
      asked = answered;
    }
    double count = latencies.size();
    double cpuMicros = (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / count;
    return new Figures(
        count * 1e9 / (System.nanoTime() - begin),
        latencies.percentiles(),
        cpuMicros,
        cpuMicros,
        (threads.getCurrentThreadAllocatedBytes() - bytes) / count);
  }

  private Figures overHttp(ServerMeter meter, ClosedLoop clients, List<byte[]> requests)
      throws InterruptedException {
    ServerMeter.Spent before = meter.spent();
    ClosedLoop.Outcome outcome = clients.send(requests, terms.seconds());
    ServerMeter.Spent spent = meter.spent().since(before);
    double count = outcome.count();
    return new Figures(
        count / outcome.seconds(),
        outcome.latencies().percentiles(),
        spent.cpuNanos() / 1e3 / count,
        spent.javaNanos() / 1e3 / count,
        spent.allocatedBytes() / count);
  }

  private boolean reportSearches() {
    double alone = median(Way.EMBEDDED, Figures::cpuMicros);
    rounds.forEach(
        (way, _) -> {
          String setting = way.setting(terms);
          report.add("searches", setting, median(way, Figures::perSecond), "searches/s");
          report.add("p50", setting, median(way, of -> of.latencies().p50()), "µs");
          report.add("p99", setting, median(way, of -> of.latencies().p99()), "µs");
          report.add("processor time of a search", setting, median(way, Figures::cpuMicros), "µs");
          if (way != Way.EMBEDDED) {
            report.add("... of the layer", setting, median(way, Figures::cpuMicros) - alone, "µs");
            report.add(
                "... of it, without compilers and garbage collection",
                setting,
                median(way, Figures::javaMicros) - alone,
                "µs");
          }
          report.add("allocated by a search", setting, median(way, Figures::bytes), "bytes");
        });
    return median(Way.CROWDED, Figures::cpuMicros) - alone <= MOST_MICROS;
  }

  /** One of the figures. */
  @FunctionalInterface
  private interface Figure {
    double of(Figures figures);
  }

  private double median(Way way, Figure figure) {
    return Stopwatch.median(
        rounds.getOrDefault(way, List.of()).stream().mapToDouble(figure::of).toArray());
  }

  // ---- uploads

  /** How an upload is written. */
  private enum Form {
    DOCUMENTS_OF_NUMBERS("JSON documents, numbers"),
    DOCUMENTS_OF_BASE64("JSON documents, base64"),
    LINES_OF_NUMBERS("NDJSON, numbers"),
    LINES_OF_BASE64("NDJSON, base64");

    private final String setting;

    Form(String setting) {
      this.setting = setting;
    }

    Notation notation() {
      return switch (this) {
        case DOCUMENTS_OF_NUMBERS, LINES_OF_NUMBERS -> Arrays::toString;
        case DOCUMENTS_OF_BASE64, LINES_OF_BASE64 -> LayerRun::base64;
      };
    }
  }

  private void uploads(ServerProcess server, ServerMeter meter)
      throws IOException, InterruptedException {
    Map<Form, List<Upload>> uploads = new LinkedHashMap<>();
    for (int round = -1; round < terms.rounds(); round++) {
      for (Form form : Form.values()) {
        progress.stage("uploading " + form.setting);
        Upload upload = upload(server, meter, form);
        if (round >= 0) {
          uploads.computeIfAbsent(form, _ -> new ArrayList<>()).add(upload);
        }
      }
    }
    uploads.forEach(this::report);
  }

  /** What one upload came to. */
  private record Upload(
      double vectorsPerSecond, double megabytesPerSecond, double cpuMicros, double bytes) {}

  private Upload upload(ServerProcess server, ServerMeter meter, Form form) throws IOException {
    List<byte[]> requests = uploads(form);
    try (RawConnection connection = new RawConnection(server.address())) {
      String options = "{\"dimension\":%d}".formatted(dataset.base().dimension());
      require(connection.exchange(toCollection("PUT", options)), 201);
      ServerMeter.Spent before = meter.spent();
      long begin = System.nanoTime();
      for (byte[] request : requests) {
        require(connection.exchange(request), 200);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      ServerMeter.Spent spent = meter.spent().since(before);
      require(connection.exchange(toCollection("DELETE", "")), 204);
      double vectors = terms.uploaded();
      long sent = requests.stream().mapToLong(request -> request.length).sum();
      return new Upload(
          vectors / seconds,
          sent / 1e6 / seconds,
          spent.cpuNanos() / 1e3 / vectors,
          spent.allocatedBytes() / vectors);
    }
  }

  private static byte[] toCollection(String method, String body) {
    return RawConnection.request(
        method + " /v1/collections/uploaded", API_KEY, "application/json", body);
  }

  private static void require(int status, int expected) {
    if (status != expected) {
      throw new ServerRunException(
          "an upload was answered %d, expected %d".formatted(status, expected));
    }
  }

  private List<byte[]> uploads(Form form) {
    String target = "POST /v1/collections/uploaded/vectors";
    return switch (form) {
      case LINES_OF_NUMBERS, LINES_OF_BASE64 -> {
        String lines = entries(form, 0, terms.uploaded(), "\n");
        yield List.of(RawConnection.request(target, API_KEY, "application/x-ndjson", lines + "\n"));
      }
      case DOCUMENTS_OF_NUMBERS, DOCUMENTS_OF_BASE64 -> {
        List<byte[]> documents = new ArrayList<>();
        for (int from = 0; from < terms.uploaded(); from += terms.batch()) {
          int to = Math.min(from + terms.batch(), terms.uploaded());
          String body = "{\"vectors\":[" + entries(form, from, to, ",") + "]}";
          documents.add(RawConnection.request(target, API_KEY, "application/json", body));
        }
        yield documents;
      }
    };
  }

  private String entries(Form form, int from, int to, String between) {
    var text = new StringBuilder();
    for (int row = from; row < to; row++) {
      text.append(row == from ? "" : between)
          .append("{\"id\":\"%d\",\"values\":".formatted(row))
          .append(form.notation().of(dataset.base().row(row)))
          .append('}');
    }
    return text.toString();
  }

  private void report(Form form, List<Upload> rounds) {
    String setting = form.setting;
    report.add("upload", setting, median(rounds, Upload::vectorsPerSecond), "vectors/s");
    report.add("upload", setting, median(rounds, Upload::megabytesPerSecond), "MB/s");
    report.add("processor time of a vector", setting, median(rounds, Upload::cpuMicros), "µs");
    report.add("allocated by a vector", setting, median(rounds, Upload::bytes), "bytes");
  }

  private static double median(List<Upload> rounds, ToDoubleFunction<Upload> figure) {
    return Stopwatch.median(rounds.stream().mapToDouble(figure).toArray());
  }
}
