package io.memryx.server.http;

import io.memryx.server.problem.Printable;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Idempotency;
import io.memryx.server.tenant.Authenticator;
import io.memryx.server.tenant.Caller;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.TenantId;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xnio.Options;

/** One request under way: what an endpoint may know of it. Used by one thread at a time. */
final class Call {
  private static final HttpString API_KEY = new HttpString("X-API-Key");
  private static final HttpString IDEMPOTENCY_KEY = new HttpString("Idempotency-Key");
  private static final Pattern GOOD_IDEMPOTENCY_KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
  private static final Pattern PLAIN_HOST = Pattern.compile("[A-Za-z0-9.:\\[\\]_-]{1,255}");
  private static final String BEARER = "bearer ";

  private final HttpServerExchange exchange;
  private final Scope needed;
  private final Map<String, String> pathParameters;
  private final Map<String, String> query;
  private final Authenticator authenticator;
  private final long maxRequestBytes;
  private final BodiesUnderWay bodies;
  private final Trail trail;
  private final Pace pace;
  private final LongSupplier nanoClock;
  private final MessageDigest fingerprint = Call.sha256();
  private @Nullable Caller caller;

  /** With which the caller was identified, wherever it stood. */
  private volatile @Nullable String keyOfCaller;

  private BodiesUnderWay.@Nullable Held held;
  private @Nullable ReceivedBody received;

  Call(
      HttpServerExchange exchange,
      Scope needed,
      Map<String, String> pathParameters,
      Map<String, String> query,
      Authenticator authenticator,
      HttpOptions options,
      BodiesUnderWay bodies,
      Trail trail,
      LongSupplier nanoClock) {
    this.exchange = exchange;
    this.needed = needed;
    this.pathParameters = pathParameters;
    this.query = query;
    this.authenticator = authenticator;
    this.maxRequestBytes = options.maxRequestBytes();
    this.bodies = bodies;
    this.trail = trail;
    this.pace = options.pace();
    this.nanoClock = nanoClock;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Checks what can be checked before the body is read. */
  void checkHead(Route route, @Nullable String metricsKey) {
    Optional<String> key = keyInHead();
    switch (route.access()) {
      case PUBLIC -> {}
      case METRICS -> {
        if (metricsKey != null) {
          requireMetricsKey(metricsKey, key);
        }
      }
      case ADMINISTRATOR -> {
        Caller administrator = authenticate(key.orElse(null));
        caller = administrator;
        Authenticator.requireAdministrator(administrator);
      }
      case TENANT -> {
        boolean mayComeInBody = hasBody() && key.isEmpty() && !isBodyStreamed();
        if (!mayComeInBody) {
          TenantId _ = identify(key.orElse(null));
        } else if (mayBeLarge()) {
          authenticator.requireFewFailures(clientAddress());
        }
      }
    }
    if (!route.method().equals("GET") && hasBody()) {
      requireType(route.takes());
    }
  }

  private Caller authenticate(@Nullable String key) {
    Caller identified = authenticator.authenticate(key, clientAddress());
    keyOfCaller = key;
    trail.identified(identified);
    return identified;
  }

  private InetAddress clientAddress() {
    return exchange.getSourceAddress().getAddress();
  }

  private boolean mayBeLarge() {
    long announced = exchange.getRequestContentLength();
    return announced < 0 || announced > BodiesUnderWay.SMALL_BYTES;
  }

  private TenantId identify(@Nullable String key) {
    Caller identified = authenticate(key);
    caller = identified;
    return Authenticator.requireTenant(identified, needed);
  }

  /** Compares in a time that tells nothing about the key. */
  private void requireMetricsKey(String expected, Optional<String> given) {
    byte[] wanted = expected.getBytes(StandardCharsets.UTF_8);
    byte[] got = given.orElse("").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(wanted, got)) {
      throw authenticator.wrong(
          clientAddress(),
          "the metrics need their own key",
          "send the key that the operator set as METRICS_KEY: 'Authorization: Bearer KEY'");
    }
  }

  /** Whom this call shares the server's time and memory with. */
  Party party() {
    return Party.of(caller, clientAddress());
  }

  private Optional<String> keyInHead() {
    HeaderMap headers = exchange.getRequestHeaders();
    String authorization = headers.getFirst(Headers.AUTHORIZATION);
    // Another scheme is no key of ours: a proxy in front may have put it there.
    if (authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return Optional.of(authorization.substring(BEARER.length()).strip());
    }
    return Optional.ofNullable(headers.getFirst(API_KEY));
  }

  /** Whether the request has a body; one of no bytes is none. */
  boolean hasBody() {
    return exchange.getRequestContentLength() > 0
        || exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING);
  }

  private void requireType(List<String> takes) {
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    if (takes.stream().noneMatch(taken -> MediaTypes.isOf(type, taken))) {
      throw Problem.of(
              ProblemCode.UNSUPPORTED_MEDIA_TYPE,
              type == null
                  ? "the request has a body, but no content type"
                  : "the content type is not %s in UTF-8".formatted(String.join(" or ", takes)),
              "send 'Content-Type: application/json' (with curl: -H 'Content-Type:"
                  + " application/json'); accepted here: "
                  + String.join(", ", takes))
          .toException();
    }
  }

  /** Whether the body is of this type. */
  boolean hasBodyOf(String type) {
    String given = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    return hasBody() && MediaTypes.isOf(given, type);
  }

  /** Whether the body is read as it comes. */
  boolean isBodyStreamed() {
    return hasBody()
        && MediaTypes.isStreamed(exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE));
  }

  /** Lets only calls with a body pass. */
  Call requireBody() {
    if (!hasBody()) {
      throw Problem.of(
              ProblemCode.BAD_JSON,
              "the request has no body",
              "send a JSON object; /openapi.json has its shape")
          .toException();
    }
    return this;
  }

  /** What takes the body in, for {@link #body}. */
  ReceivedBody beginBody() {
    BodiesUnderWay.Held counted = bodies.begin(party());
    held = counted;
    var lengths = new ReceivedBody.Lengths(maxRequestBytes, exchange.getRequestContentLength());
    ReceivedBody begun = new ReceivedBody(lengths, counted);
    received = begun;
    return begun;
  }

  /** Largest body of one document, in bytes. */
  long maxRequestBytes() {
    return maxRequestBytes;
  }

  /** Size of the body, if it was taken in. */
  long receivedBytes() {
    return received == null ? 0 : received.bytes();
  }

  /** Reads the body, one JSON document, with a decoder that tells keys as it meets them. */
  <T> T body(BiFunction<JsonReader, Consumer<String>, T> decoder) {
    ReceivedBody all = received;
    if (all == null) {
      throw new IllegalStateException("the body was not taken in");
    }
    if (exchange.getRequestHeaders().contains(IDEMPOTENCY_KEY)) {
      all.digestInto(fingerprint);
    }
    requireKeyStillGood();
    T read = JsonReader.read(all.stream(), json -> decoder.apply(json, this::keyInBody));
    requireKeyStillGood(); // A large one takes a while to decode.
    return read;
  }

  /**
   * Reads the body line by line, whatever its size; who reads must not hold on to it.
   *
   * @param reader takes one line after the other
   */
  void lines(Consumer<LineReader.Line> reader) {
    streamed(
        stream -> {
          LineReader lines = new LineReader(stream);
          for (var line = lines.next(); line.isPresent(); line = lines.next()) {
            reader.accept(line.get());
            stream.release();
          }
        });
  }

  /** Reads the body as it is, whatever its size; who reads must not hold on to it. */
  void upload(Consumer<InputStream> reader) {
    streamed(
        stream -> {
          reader.accept(
              new FilterInputStream(stream) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                  int read = stream.read(target, offset, length);
                  stream.release();
                  return read;
                }
              });
          skipRest(stream);
        });
  }

  /** Reads a body as it comes. */
  @FunctionalInterface
  private interface StreamReader {
    void read(BodyStream stream) throws IOException;
  }

  /** Whatever goes wrong: the rest of the body holds this thread no longer than it must. */
  private void streamed(StreamReader reader) {
    BodyLimit.of(exchange).allowMore(Long.MAX_VALUE);
    BodyStream stream = open();
    try {
      reader.read(stream);
    } catch (LineReader.LineTooLongException e) {
      skipRest(stream);
      throw Problem.of(
              ProblemCode.BAD_JSON,
              String.valueOf(e.getMessage()),
              "end every vector with a line break")
          .toException();
    } catch (IOException e) {
      skipNothing();
      throw BodyStream.toProblem(e);
    } catch (ProblemException e) {
      skipRest(stream);
      throw e;
    } catch (RuntimeException | Error e) {
      skipNothing();
      throw e;
    }
  }

  /**
   * A client that is still sending does not see its answer: what still comes is read for nothing,
   * as far as any body goes, and for a moment. Then the answer is sent, and the connection ends.
   */
  private void skipRest(BodyStream stream) {
    BodyLimit.of(exchange).allowMore(maxRequestBytes);
    SocketTimes.hurry(exchange.getConnection());
    if (!stream.skipRest(maxRequestBytes)) {
      skipNothing();
    }
  }

  private void skipNothing() {
    exchange.setPersistent(false);
    BodyLimit.of(exchange).allowMore(0);
    SocketTimes.hurry(exchange.getConnection());
  }

  private BodyStream open() {
    exchange.startBlocking();
    endIfStalled(exchange);
    BodiesUnderWay.Held counted = bodies.begin(party());
    held = counted;
    BodyStream stream = new BodyStream(exchange.getInputStream(), counted, pace, nanoClock);
    if (exchange.getRequestHeaders().contains(IDEMPOTENCY_KEY)) {
      stream.digestInto(fingerprint);
    }
    return stream;
  }

  /** A worker waits for what comes: not for as long as a connection may be idle. */
  private static void endIfStalled(HttpServerExchange exchange) {
    ServerConnection connection = exchange.getConnection();
    try {
      Integer usual = connection.setOption(Options.READ_TIMEOUT, SocketTimes.STALLED_MILLIS);
      exchange.addExchangeCompleteListener(
          (_, next) -> {
            SocketTimes.restore(connection, Options.READ_TIMEOUT, usual);
            next.proceed();
          });
    } catch (IOException e) {
      throw BodyStream.toProblem(e);
    }
  }

  /**
   * What this request asks to be applied once, once its body is read; empty if it has no
   * idempotency key.
   */
  Optional<Idempotency.Once> once() {
    String key = exchange.getRequestHeaders().getFirst(IDEMPOTENCY_KEY);
    if (key == null) {
      return Optional.empty();
    }
    if (!GOOD_IDEMPOTENCY_KEY.matcher(key).matches()) {
      throw Problem.of(
              ProblemCode.BAD_PARAMETER,
              "the header 'Idempotency-Key' is not 1 to 255 printable characters of ASCII",
              "send a new UUID with every request that is not a repetition")
          .toException();
    }
    fingerprint.update(exchange.getRequestURI().getBytes(StandardCharsets.UTF_8));
    fingerprint.update((byte) '?');
    fingerprint.update(exchange.getQueryString().getBytes(StandardCharsets.UTF_8));
    return Optional.of(new Idempotency.Once(key, HexFormat.of().formatHex(fingerprint.digest())));
  }

  /** Gives back what the call held while it was answered. */
  void release() {
    BodiesUnderWay.Held counted = held;
    if (counted != null) {
      counted.release();
    }
  }

  /**
   * Refuses a call whose key was revoked or has expired while its body came: that may take minutes.
   * To be asked once all of it is there, and once what it acts on was looked up: where the key is
   * good then, that is its tenant's, and not of another one who has the name by now.
   */
  void requireKeyStillGood() {
    String key = keyOfCaller;
    if (key != null) {
      authenticator.requireStillGood(key, clientAddress());
    }
  }

  private void keyInBody(String key) {
    if (caller == null) {
      TenantId _ = identify(key);
    }
  }

  /** Whose call it is. */
  TenantId tenant() {
    Caller known = caller;
    return known == null ? identify(null) : Authenticator.requireTenant(known, needed);
  }

  /** A parameter of the path. */
  String path(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no parameter " + name);
    }
    return value;
  }

  /**
   * Refuses parameters of the query that the route does not know: what a client wants by them would
   * not be done, and a {@code dry_run} that is not done deletes.
   */
  void requireKnownParameters(Route route) {
    for (String name : query.keySet()) {
      if (!route.asks().contains(name)) {
        throw Problem.of(
                ProblemCode.BAD_PARAMETER,
                "there is no query parameter '%s' here".formatted(Printable.of(name)),
                Nearest.to(name, route.asks())
                    .map("did you mean '%s'?"::formatted)
                    .orElse(
                        route.asks().isEmpty()
                            ? "this call takes none: what it takes is in the body, if anywhere"
                            : "known ones are " + String.join(", ", route.asks())))
            .toException();
      }
    }
  }

  /** A parameter of the query. */
  Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** Where the client reaches the server, as far as it says so: a proxy may speak TLS for it. */
  String address() {
    String host = exchange.getHostAndPort();
    String proxied = exchange.getRequestHeaders().getFirst(Headers.X_FORWARDED_PROTO);
    String scheme = "https".equals(proxied) ? "https" : "http";
    return scheme + "://" + (PLAIN_HOST.matcher(host).matches() ? host : "localhost");
  }

  /** Whether the client names this media type as one that it takes, not less gladly than JSON. */
  boolean prefers(String mediaType) {
    String accept = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
    double quality = MediaTypes.quality(accept, mediaType);
    return quality > 0 && quality >= MediaTypes.quality(accept, MediaTypes.JSON);
  }
}
