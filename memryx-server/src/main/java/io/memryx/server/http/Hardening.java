package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Refuses requests that the parser lets through and that other layers might read differently. */
final class Hardening {
  private static final int MAX_TARGET_LENGTH = 8 * 1024;
  private static final Set<String> KNOWN_METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
  private static final Set<String> KEY_PARAMETERS =
      Set.of("api_key", "apikey", "key", "token", "access_token");

  private Hardening() {}

  /** Checks the head of a request. */
  static void check(HttpServerExchange exchange, long maxRequestBytes) {
    boolean old = exchange.getProtocol().equals(Protocols.HTTP_1_0);
    if (!old && !exchange.getProtocol().equals(Protocols.HTTP_1_1)) {
      throw refuse(
          ProblemCode.HTTP_VERSION_NOT_SUPPORTED, "the version is unknown", "use HTTP/1.1");
    }
    if (!KNOWN_METHODS.contains(exchange.getRequestMethod().toString())) {
      throw refuse(
          ProblemCode.NOT_IMPLEMENTED, "no path has this method", "GET / lists the endpoints");
    }
    int target = exchange.getRequestURI().length() + exchange.getQueryString().length();
    if (target > MAX_TARGET_LENGTH) {
      throw refuse(
          ProblemCode.URI_TOO_LONG,
          "the URL has %d characters, expected at most %d".formatted(target, MAX_TARGET_LENGTH),
          "shorten it");
    }
    checkHeaders(exchange.getRequestHeaders(), old);
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    if (exchange.getRequestContentLength() > maxRequestBytes && !MediaTypes.isStreamed(type)) {
      throw BodyStream.tooLarge(maxRequestBytes);
    }
  }

  private static void checkHeaders(HeaderMap headers, boolean old) {
    HeaderValues transfer = headers.get(Headers.TRANSFER_ENCODING);
    if (transfer != null
        && (old || transfer.size() != 1 || !transfer.getFirst().equalsIgnoreCase("chunked"))) {
      throw refuse(
          ProblemCode.BAD_TRANSFER_ENCODING,
          "the transfer encoding is not exactly 'chunked' on HTTP/1.1",
          "send a Content-Length, or chunks");
    }
    HeaderValues expect = headers.get(Headers.EXPECT);
    if (expect != null
        && (expect.size() != 1 || !expect.getFirst().equalsIgnoreCase("100-continue"))) {
      throw refuse(
          ProblemCode.EXPECTATION_FAILED, "the expectation is unknown", "leave Expect out");
    }
    HeaderValues coding = headers.get(Headers.CONTENT_ENCODING);
    if (coding != null && coding.stream().anyMatch(one -> !one.equalsIgnoreCase("identity"))) {
      throw refuse(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "the body has a content encoding, expected none",
          "send it uncompressed; base64 vectors are small");
    }
  }

  /** Refuses keys in the query string, where logs and histories would keep them. */
  static void refuseKeys(Map<String, String> query) {
    for (String name : query.keySet()) {
      if (KEY_PARAMETERS.contains(name.toLowerCase(Locale.ROOT))) {
        throw refuse(
            ProblemCode.KEY_IN_URL,
            "the URL has an API key in it",
            "send it as 'Authorization: Bearer KEY'; URLs end up in logs");
      }
    }
  }

  /** Refuses calls under a name that is not the server's. Probes come by address: not for them. */
  static void requireKnownHost(HttpServerExchange exchange, AllowedHosts hosts) {
    if (!hosts.allow(exchange.getHostName())) {
      throw refuse(
          ProblemCode.UNKNOWN_HOST,
          "the server is not known by the name in Host",
          "call it by a name that the operator has put into ALLOWED_HOSTS");
    }
  }

  private static ProblemException refuse(ProblemCode code, String detail, String hint) {
    return Problem.of(code, detail, hint).toException();
  }
}
