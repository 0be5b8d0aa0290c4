package io.memryx.server.exchange;

import io.memryx.server.exchange.ExchangeException.Kind;
import io.memryx.server.problem.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server, as one tenant's client sees it: {@code docs/http-api.md}. */
public final class RemoteServer implements AutoCloseable {
  static final String LINES = "application/x-ndjson";

  /** So often a call is made that the server has no room for. */
  private static final int MAX_ATTEMPTS = 30;

  private static final long MAX_WAIT_SECONDS = 60;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** For calls that answer in one piece: a batch, at most. */
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(5);

  private final URI address;
  private final String key;
  private final Waiting waiting;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  /**
   * A server at an address such as {@code http://127.0.0.1:8080}.
   *
   * @param waiting waits before a call is made again
   */
  public RemoteServer(URI address, String key, Waiting waiting) {
    this.address = address;
    this.key = key;
    this.waiting = waiting;
  }

  /** Lets some time pass. */
  @FunctionalInterface
  public interface Waiting {
    /** Returns after so many seconds. */
    void seconds(long seconds) throws InterruptedException;
  }

  /**
   * An answer that says yes, or that there is no such thing.
   *
   * @param status 2xx or 404
   * @param body what it says
   */
  record Answer(int status, String body) {
    boolean isMissing() {
      return status == 404;
    }

    Map<String, Object> json() throws ExchangeException {
      return RemoteJson.object(body);
    }
  }

  /** A request to a path below the server's address. */
  HttpRequest.Builder request(String path) {
    String base = address.toString().replaceAll("/+$", "");
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + key)
        .timeout(CALL_TIMEOUT);
  }

  static BodyPublisher body(String text) {
    return BodyPublishers.ofString(text);
  }

  /**
   * Makes a call, again if the server says that it has no room now.
   *
   * @throws ExchangeException if it can't be reached or refuses; the message is the server's
   */
  Answer call(HttpRequest request) throws ExchangeException {
    HttpResponse<InputStream> response = open(request);
    try (InputStream body = response.body()) {
      return new Answer(response.statusCode(), RemoteJson.text(body));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** The same with the body still to be read; the caller closes it. */
  HttpResponse<InputStream> open(HttpRequest request) throws ExchangeException {
    for (int attempt = 1; ; attempt++) {
      HttpResponse<InputStream> response = send(request);
      int status = response.statusCode();
      if (status / 100 == 2 || status == 404) {
        return response;
      }
      if (!mayWait(response) || attempt == MAX_ATTEMPTS) {
        throw refused(response);
      }
      await(response);
    }
  }

  private static boolean mayWait(HttpResponse<InputStream> response) {
    return (response.statusCode() == 429 || response.statusCode() == 503)
        && response.headers().firstValue("Retry-After").isPresent();
  }

  private void await(HttpResponse<InputStream> response) throws ExchangeException {
    long seconds;
    try (InputStream body = response.body()) {
      body.skipNBytes(0);
      seconds = response.headers().firstValueAsLong("Retry-After").orElse(1);
    } catch (IOException | NumberFormatException e) {
      seconds = 1;
    }
    try {
      waiting.seconds(Math.clamp(seconds, 1, MAX_WAIT_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException(Kind.SERVER, "interrupted while the server was busy");
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws ExchangeException {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException(Kind.SERVER, "interrupted while waiting for the server");
    }
  }

  private ExchangeException unreachable(IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new ExchangeException(
        Kind.SERVER, "%s can't be reached (%s): is it running there?".formatted(address, reason));
  }

  /** What the server says is wrong, with what it says to do about it. */
  static ExchangeException refused(HttpResponse<InputStream> response) {
    String text;
    try (InputStream body = response.body()) {
      text = RemoteJson.text(body);
    } catch (IOException e) {
      text = "";
    }
    return new Refusal(response.statusCode(), text).toException();
  }

  /**
   * A refusal: a problem document, if it is one.
   *
   * @param status of the answer
   * @param text its body
   */
  private record Refusal(int status, String text) {
    private static final Pattern ENTRY = Pattern.compile("/(\\d{1,6})(/.*)?");

    ExchangeException toException() {
      Kind kind = status == 400 || status == 413 ? Kind.INPUT : Kind.SERVER;
      try {
        Map<String, Object> problem = RemoteJson.object(text);
        String said = problem.getOrDefault("detail", "") + ": " + problem.getOrDefault("hint", "");
        int position = position(problem);
        return position < 0
            ? new ExchangeException(kind, "the server answers %d: %s".formatted(status, said))
            // Its lines are those of the request.
            : new ExchangeException(kind, said.replaceFirst("^line \\d+: ", ""), position);
      } catch (ExchangeException e) {
        String said = Printable.of(text);
        return new ExchangeException(kind, "the server answers %d: %s".formatted(status, said));
      }
    }

    /** The first entry of the request that is pointed to, or -1. */
    private static int position(Map<String, Object> problem) {
      return RemoteJson.objects(problem, "errors").stream()
          .map(error -> ENTRY.matcher(String.valueOf(error.get("pointer"))))
          .filter(Matcher::matches)
          .mapToInt(pointer -> Integer.parseInt(pointer.group(1)))
          .findFirst()
          .orElse(-1);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
