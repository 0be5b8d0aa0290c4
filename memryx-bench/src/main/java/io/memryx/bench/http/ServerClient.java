package io.memryx.bench.http;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What a client of the seed's endpoints does, with one API key. Thread-safe. */
final class ServerClient implements AutoCloseable {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final URI address;
  private final String apiKey;

  ServerClient(URI address, String apiKey) {
    this.address = address;
    this.apiKey = apiKey;
  }

  /**
   * Adds vectors {@code from} to {@code to - 1} under their numbers; gives the total afterwards.
   */
  long add(IntFunction<float[]> vectors, int from, int to) throws InterruptedException {
    var body = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), body)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("vectors");
      for (int row = from; row < to; row++) {
        json.writeStartObject();
        json.writeStringProperty("id", Integer.toString(row));
        json.writeStringProperty("values", Base64Vector.encode(vectors.apply(row)));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return Long.parseLong(ServerAnswers.field(post("/add", body.toString(), 200), "total_vectors"));
  }

  /** Starts to build; gives the build's id. */
  String finalizeAdds() throws InterruptedException {
    return ServerAnswers.field(post("/finalize", "{}", 202), "build_id");
  }

  /** The body of a build's status. */
  String buildStatus(String buildId) throws InterruptedException {
    return get("/finalize/status?build_id=" + buildId);
  }

  /** The nearest entries, best first. */
  List<Hit> search(float[] vector, int k) throws InterruptedException {
    var body = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), body)) {
      json.writeStartObject();
      json.writeStringProperty("vector", Base64Vector.encode(vector));
      json.writeNumberProperty("k", k);
      json.writeEndObject();
    }
    return ServerAnswers.hits(post("/search", body.toString(), 200));
  }

  /** The number of vectors that the server counts. */
  long totalVectors() throws InterruptedException {
    return Long.parseLong(ServerAnswers.field(get("/health"), "total_vectors"));
  }

  /** Whether the server is up and has loaded everything. */
  boolean ready() throws InterruptedException {
    try {
      return send(request("/readyz").GET().build()).statusCode() == 200;
    } catch (IOException e) {
      // Nobody listens yet: the same answer as 503.
      return false;
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private String get(String path) throws InterruptedException {
    return expect(200, request(path).GET().build());
  }

  private String post(String path, String body, int status) throws InterruptedException {
    return expect(
        status,
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + apiKey);
  }

  private String expect(int status, HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<String> response = send(request);
      if (response.statusCode() != status) {
        throw new ServerRunException(
            "%s %s answered %d, expected %d: %s"
                .formatted(
                    request.method(),
                    request.uri().getPath(),
                    response.statusCode(),
                    status,
                    response.body()));
      }
      return response.body();
    } catch (IOException e) {
      throw new ServerRunException(
          "%s %s failed: %s".formatted(request.method(), request.uri().getPath(), e), e);
    }
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }
}
