package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.tenant.Authenticator;
import io.memryx.server.tenant.Caller;
import io.memryx.server.tenant.TenantId;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One request under way: what an endpoint may know of it. Used by one thread at a time. */
final class Call {
  private static final HttpString API_KEY = new HttpString("X-API-Key");
  private static final String BEARER = "bearer ";

  private final HttpServerExchange exchange;
  private final Map<String, String> pathParameters;
  private final Map<String, String> query;
  private final Authenticator authenticator;
  private final long maxRequestBytes;
  private final BodiesUnderWay bodies;
  private final LongSupplier nanoClock;
  private @Nullable Caller caller;
  private @Nullable BodyStream body;

  Call(
      HttpServerExchange exchange,
      Map<String, String> pathParameters,
      Map<String, String> query,
      Authenticator authenticator,
      long maxRequestBytes,
      BodiesUnderWay bodies,
      LongSupplier nanoClock) {
    this.exchange = exchange;
    this.pathParameters = pathParameters;
    this.query = query;
    this.authenticator = authenticator;
    this.maxRequestBytes = maxRequestBytes;
    this.bodies = bodies;
    this.nanoClock = nanoClock;
  }

  /** Checks what can be checked before the body is read. */
  void checkHead(Route route, @Nullable String metricsKey) {
    Optional<String> key = keyInHead();
    switch (route.access()) {
      case PUBLIC -> {}
      case METRICS -> {
        if (metricsKey != null) {
          Keys.requireEqual(metricsKey, key);
        }
      }
      case ADMINISTRATOR ->
          Authenticator.requireAdministrator(authenticator.authenticate(key.orElse(null)));
      case TENANT -> {
        boolean mayComeInBody = hasBody() && key.isEmpty();
        if (!mayComeInBody) {
          caller = authenticator.authenticate(key.orElse(null));
          Authenticator.requireTenant(caller);
        }
      }
    }
    if (!route.method().equals("GET") && hasBody()) {
      requireJson();
    }
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

  private void requireJson() {
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    if (!MediaTypes.isJson(type)) {
      throw Problem.of(
              ProblemCode.UNSUPPORTED_MEDIA_TYPE,
              type == null
                  ? "the request has a body, but no content type"
                  : "the content type is not application/json in UTF-8",
              "send 'Content-Type: application/json' (with curl: -H 'Content-Type:"
                  + " application/json'); nothing else is accepted")
          .toException();
    }
  }

  /** Reads the body with a decoder that tells keys as it meets them. */
  <T> T body(BiFunction<JsonReader, Consumer<String>, T> decoder) {
    exchange.startBlocking();
    BodyStream stream =
        new BodyStream(exchange.getInputStream(), maxRequestBytes, bodies, nanoClock);
    body = stream;
    return JsonReader.read(stream, json -> decoder.apply(json, this::keyInBody));
  }

  /** Gives back what the call held while it was answered. */
  void release() {
    BodyStream read = body;
    if (read != null) {
      read.release();
    }
  }

  private void keyInBody(String key) {
    if (caller == null) {
      caller = authenticator.authenticate(key);
    }
  }

  /** Whose call it is. */
  TenantId tenant() {
    Caller known = caller;
    return Authenticator.requireTenant(known == null ? authenticator.authenticate(null) : known);
  }

  /** A parameter of the path. */
  String path(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no parameter " + name);
    }
    return value;
  }

  /** A parameter of the query. */
  Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** Whether the client names this media type as one that it takes. */
  boolean prefers(String mediaType) {
    String accept = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(mediaType);
  }
}
