package io.memryx.bench.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls any endpoint with any key, and remembers every answer that was not the expected one.
 * Thread-safe.
 */
final class SoakClient implements AutoCloseable {
  static final String JSON = "application/json";
  static final String LINES = "application/x-ndjson";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Of each kind of fault the first few say what the rest would. */
  private static final int MOST_FAULTS = 20;

  private static final int SHOWN_LENGTH = 200;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final URI address;
  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final Map<String, Long> faults = new TreeMap<>();

  SoakClient(URI address) {
    this.address = address;
  }

  /**
   * One call.
   *
   * @param key whose call it is
   * @param method and path
   * @param type of the body
   * @param body empty for none
   */
  record Request(String key, String method, String path, String type, String body) {
    static Request get(String key, String path) {
      return new Request(key, "GET", path, JSON, "");
    }

    static Request post(String key, String path, String body) {
      return new Request(key, "POST", path, JSON, body);
    }
  }

  /** Calls and expects this status; gives the body, or an empty text if it was another. */
  String call(int expected, Request request) throws InterruptedException {
    return call(expected, request, JSON);
  }

  /** The same for an answer of another type. */
  String call(int expected, Request request, String accept) throws InterruptedException {
    var builder =
        HttpRequest.newBuilder(address.resolve(request.path()))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + request.key())
            .header("Accept", accept);
    if (request.body().isEmpty()) {
      builder.method(request.method(), BodyPublishers.noBody());
    } else {
      builder
          .header("Content-Type", request.type())
          .method(request.method(), BodyPublishers.ofString(request.body()));
    }
    try {
      HttpResponse<String> answer = client.send(builder.build(), BodyHandlers.ofString());
      note(request, answer.statusCode(), expected, answer.body());
      return answer.statusCode() == expected ? answer.body() : "";
    } catch (IOException e) {
      note(request, OpenLoop.NO_ANSWER, expected, e.toString());
      return "";
    }
  }

  private synchronized void note(Request request, int status, int expected, String body) {
    statuses.merge(status, 1L, Long::sum);
    if (status != expected) {
      fault(
          "%s %s answered %d, expected %d: %s"
              .formatted(
                  request.method(),
                  request.path(),
                  status,
                  expected,
                  body.substring(0, Math.min(body.length(), SHOWN_LENGTH)).strip()));
    }
  }

  /** Remembers something that is not as it should be. */
  synchronized void fault(String what) {
    if (faults.size() < MOST_FAULTS || faults.containsKey(what)) {
      faults.merge(what, 1L, Long::sum);
    } else {
      faults.merge("others", 1L, Long::sum);
    }
  }

  /** How often each status came; {@link OpenLoop#NO_ANSWER} where none did. */
  synchronized Map<Integer, Long> statuses() {
    return new TreeMap<>(statuses);
  }

  /** What was not as expected, and how often; empty if nothing. */
  synchronized Map<String, Long> faults() {
    return new TreeMap<>(faults);
  }

  @Override
  public void close() {
    client.close();
  }
}
