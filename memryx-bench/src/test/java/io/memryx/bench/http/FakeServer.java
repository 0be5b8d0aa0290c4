package io.memryx.bench.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of a server as the run asks for, as a program: it scans, and writes one file at finalize.
 * Its only argument is its fault.
 */
final class FakeServer {

  /** What goes wrong. */
  enum Fault {
    NONE,
    LOSES_AN_ENTRY_AT_RESTART,
    CHANGES_SCORES_AT_RESTART,
    MISSES_WHILE_FINALIZING,
    FAILS_SEARCHES_WHILE_FINALIZING,
    FAILS_TO_FINALIZE,
    REFUSES_ADDS,
    DIES_AT_START
  }

  /** Status polls until the build is done: some searches surely happen in between. */
  private static final int POLLS_PER_BUILD = 20;

  private static final Pattern ENTRY =
      Pattern.compile("\\{\"id\":\"(\\d+)\",\"values\":\"([^\"]+)\"}");
  private static final Pattern QUERY = Pattern.compile("\\{\"vector\":\"([^\"]+)\",\"k\":(\\d+)}");

  private final Fault fault;
  private final Path file;
  private final boolean restarted;
  private final Map<String, float[]> vectors = new TreeMap<>();
  private final AtomicInteger pollsLeft = new AtomicInteger();

  private FakeServer(Fault fault, Path storage) throws IOException {
    this.fault = fault;
    this.file = storage.resolve("vectors");
    this.restarted = Files.exists(file);
    Files.createDirectories(storage);
    if (restarted) {
      load();
    }
  }

  public static void main(String[] arguments) throws IOException {
    Fault fault = Fault.valueOf(arguments[0]);
    if (fault == Fault.DIES_AT_START) {
      System.err.println("no start today");
      System.exit(3);
    }
    var server = new FakeServer(fault, Path.of(System.getenv("STORAGE_PATH")));
    var address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(System.getenv("PORT")));
    HttpServer http = HttpServer.create(address, 0);
    http.setExecutor(Executors.newFixedThreadPool(4));
    http.createContext("/", server::handle);
    http.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int status = 200;
    String answer;
    synchronized (this) {
      String path = exchange.getRequestURI().getPath();
      boolean finalizing = pollsLeft.get() > 0;
      if (!"Bearer bench".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        status = 401;
        answer = "{}";
      } else if (path.equals("/add")) {
        status = fault == Fault.REFUSES_ADDS ? 503 : 200;
        answer = add(body);
      } else if (path.equals("/search")) {
        boolean fails = finalizing && fault == Fault.FAILS_SEARCHES_WHILE_FINALIZING;
        status = fails ? 500 : 200;
        answer = search(body, finalizing && fault == Fault.MISSES_WHILE_FINALIZING);
      } else if (path.equals("/finalize")) {
        status = 202;
        pollsLeft.set(POLLS_PER_BUILD);
        save();
        answer = "{\"status\":\"building\",\"build_id\":\"b1\"}";
      } else if (path.equals("/finalize/status")) {
        answer = "{\"build_id\":\"b1\",\"status\":\"" + buildStatus() + "\"}";
      } else {
        answer = "{\"status\":\"ok\",\"total_vectors\":" + vectors.size() + "}";
      }
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String buildStatus() {
    if (pollsLeft.decrementAndGet() > 0) {
      return "building";
    }
    return fault == Fault.FAILS_TO_FINALIZE ? "error" : "swapped";
  }

  private String add(String body) {
    Matcher entry = ENTRY.matcher(body);
    while (entry.find()) {
      vectors.put(entry.group(1), decode(entry.group(2)));
    }
    return "{\"status\":\"success\",\"total_vectors\":" + vectors.size() + "}";
  }

  private String search(String body, boolean missing) {
    Matcher query = QUERY.matcher(body);
    if (!query.matches()) {
      throw new IllegalArgumentException(body);
    }
    float[] vector = decode(query.group(1));
    List<String> ids = new ArrayList<>(vectors.keySet());
    ids.sort(Comparator.comparingDouble((String id) -> score(vector, id)).reversed());
    List<String> results =
        ids.stream()
            .skip(missing ? 1 : 0)
            .limit(Integer.parseInt(query.group(2)))
            .map(
                id ->
                    "{\"id\":\"%s\",\"score\":%s,\"metadata\":{\"a\":[1]}}"
                        .formatted(id, score(vector, id)))
            .toList();
    return "{\"status\":\"success\",\"took_ms\":0.5,\"results\":["
        + String.join(",", results)
        + "],\"count\":"
        + results.size()
        + "}";
  }

  private double score(float[] query, String id) {
    float[] vector = vectors.getOrDefault(id, query);
    double dot = 0;
    double norm = 0;
    for (int i = 0; i < query.length; i++) {
      dot += query[i] * vector[i];
      norm += vector[i] * vector[i];
    }
    double change = restarted && fault == Fault.CHANGES_SCORES_AT_RESTART ? 1e-7 : 0;
    return dot / Math.sqrt(norm) + change;
  }

  private void save() {
    List<String> lines = new ArrayList<>();
    vectors.forEach((id, vector) -> lines.add(id + " " + Base64Vector.encode(vector)));
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void load() throws IOException {
    for (String line : Files.readAllLines(file)) {
      int space = line.indexOf(' ');
      vectors.put(line.substring(0, space), decode(line.substring(space + 1)));
    }
    if (fault == Fault.LOSES_AN_ENTRY_AT_RESTART) {
      vectors.remove("0");
    }
  }

  private static float[] decode(String base64) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
    float[] vector = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(vector);
    return vector;
  }
}
