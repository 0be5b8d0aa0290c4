package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.persistence.SnapshotStore;
import io.memryx.server.MemryxServer.Surroundings;
import io.memryx.server.service.Services;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A server on a free port of the loopback address, and a client for it. */
public final class TestServer implements AutoCloseable {
  /** The key that calls are made with unless told otherwise. */
  public static final String KEY = "test-key";

  private final MemryxServer server;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  private TestServer(MemryxServer server) {
    this.server = server;
  }

  /** In memory, with these variables. */
  public static TestServer inMemory(String... variables) {
    return start(environment("ENABLE_PERSISTENCE", "false", variables));
  }

  /** In a directory, with these variables. */
  public static TestServer onDisk(Path directory, String... variables) {
    return start(environment("STORAGE_PATH", directory.toString(), variables));
  }

  /** In a directory, on a medium that the test has in its hands. */
  static TestServer onMedium(
      Path directory, UnaryOperator<SnapshotStore> medium, String... variables) {
    return loaded(
        loading(
            environment("STORAGE_PATH", directory.toString(), variables),
            new Surroundings(medium, System::nanoTime)));
  }

  /** In a directory, and not waited for: it may not be ready yet. */
  static TestServer loading(Path directory, String... variables) {
    return loading(
        environment("STORAGE_PATH", directory.toString(), variables), Surroundings.USUAL);
  }

  /** In memory, with another clock than the system's. */
  public static TestServer withClock(LongSupplier nanoClock) {
    return loaded(
        loading(
            environment("ENABLE_PERSISTENCE", "false"),
            new Surroundings(files -> files, nanoClock)));
  }

  private static Map<String, String> environment(String name, String value, String... variables) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOST", "127.0.0.1");
    environment.put("PORT", "0");
    environment.put(name, value);
    for (int at = 0; at < variables.length; at += 2) {
      environment.put(variables[at], variables[at + 1]);
    }
    return environment;
  }

  private static TestServer start(Map<String, String> environment) {
    return loaded(loading(environment, Surroundings.USUAL));
  }

  private static TestServer loading(Map<String, String> environment, Surroundings surroundings) {
    ServerOptions options = ServerOptions.from(environment, _ -> false);
    return new TestServer(MemryxServer.start(options, surroundings));
  }

  private static TestServer loaded(TestServer started) {
    try {
      started.server.loaded().join();
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
    return started;
  }

  /** The server itself. */
  public MemryxServer server() {
    return server;
  }

  /** Everything that its endpoints call. */
  public Services services() {
    return server.services();
  }

  /** The port. */
  public int port() {
    return server.port();
  }

  /** A request to be completed. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  /** Sends a request, which must be answered as the interface's document says. */
  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      HttpRequest built = request.build();
      HttpResponse<String> answer = client.send(built, BodyHandlers.ofString());
      assertEquals(List.of(), ApiDocument.packaged().faults(built, answer));
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** GET with the test's key, of an answer that is read line by line as it comes. */
  public HttpResponse<Stream<String>> stream(String path) {
    try {
      return client.send(
          request(path).header("Authorization", "Bearer " + KEY).build(), BodyHandlers.ofLines());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** GET with the test's key. */
  public HttpResponse<String> get(String path) {
    return get(path, KEY);
  }

  /** GET with a key. */
  public HttpResponse<String> get(String path, String key) {
    return send(request(path).header("Authorization", "Bearer " + key));
  }

  /** POST of JSON with the test's key. */
  public HttpResponse<String> post(String path, String json) {
    return post(path, KEY, json);
  }

  /** POST of JSON with a key. */
  public HttpResponse<String> post(String path, String key, String json) {
    return send(
        request(path)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** PUT of JSON with the test's key. */
  public HttpResponse<String> put(String path, String json) {
    return send(
        request(path)
            .header("Authorization", "Bearer " + KEY)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** Begins a finalize and waits for its end. */
  public Map<String, Object> finalizeAndWait(String key) {
    HttpResponse<String> begun = post("/finalize", key, "{}");
    if (begun.statusCode() != 202) {
      throw new AssertionError(begun.body());
    }
    String id = (String) Json.object(begun.body()).get("build_id");
    return waitForBuild(key, String.valueOf(id));
  }

  /** Finalizes a collection with the test's key and waits for its end. */
  public Map<String, Object> finalizeNamed(String collection) {
    HttpResponse<String> begun = post("/v1/collections/" + collection + "/finalize", "{}");
    if (begun.statusCode() != 202) {
      throw new AssertionError(begun.body());
    }
    return waitForOperation(begun.headers().firstValue("Location").orElseThrow());
  }

  /** Waits for an operation's end. */
  public Map<String, Object> waitForOperation(String location) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      Map<String, Object> operation = Json.object(get(location).body());
      if (!"running".equals(operation.get("status"))) {
        return operation;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("no end: " + operation);
      }
      Thread.onSpinWait();
    }
  }

  /** Waits for a build's end. */
  public Map<String, Object> waitForBuild(String key, String id) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      Map<String, Object> status = Json.object(get("/finalize/status?build_id=" + id, key).body());
      Object state = status.get("status");
      if ("swapped".equals(state) || "error".equals(state)) {
        return status;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("no end: " + status);
      }
      Thread.onSpinWait();
    }
  }

  /** An add of entries {@code prefix0...} with made-up vectors; the same seed gives the same. */
  public static String addOf(String prefix, int count, int dimension, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder json = new StringBuilder("{\"vectors\":[");
    for (int entry = 0; entry < count; entry++) {
      json.append(entry == 0 ? "" : ",")
          .append(
              "{\"id\":\"%s%d\",\"values\":%s".formatted(prefix, entry, vector(dimension, random)))
          .append(",\"metadata\":{\"number\":%d}}".formatted(entry));
    }
    return json.append("]}").toString();
  }

  /** A made-up vector. */
  public static String vector(int dimension, SplittableRandom random) {
    StringBuilder json = new StringBuilder("[");
    for (int component = 0; component < dimension; component++) {
      json.append(component == 0 ? "" : ",")
          .append(String.format(Locale.ROOT, "%.6f", random.nextDouble(-1, 1)));
    }
    return json.append("]").toString();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
