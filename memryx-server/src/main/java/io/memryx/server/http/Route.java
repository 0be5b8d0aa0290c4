package io.memryx.server.http;

import io.memryx.server.tenant.Scope;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One endpoint: method, path, who may call it, and what it does.
 *
 * @param method HTTP method
 * @param template path with parameters in braces
 * @param access who may call it
 * @param scope what a tenant's key must be good for
 * @param thread where it runs
 * @param summary what it does, in a few words
 * @param endpoint does it
 * @param asks parameters of the query that it knows
 * @param takes types of the bodies that it reads
 * @param gives types of the answers that it has when all is well
 */
record Route(
    String method,
    String template,
    Access access,
    Scope scope,
    Runs thread,
    String summary,
    Endpoint endpoint,
    List<String> asks,
    List<String> takes,
    List<String> gives) {

  Route {
    asks = List.copyOf(asks);
    takes = List.copyOf(takes);
    gives = List.copyOf(gives);
  }

  /** A route that takes and gives JSON; if it is a tenant's, one that only reads. */
  Route(
      String method,
      String template,
      Access access,
      Runs thread,
      String summary,
      Endpoint endpoint) {
    this(
        method,
        template,
        access,
        Scope.READ,
        thread,
        summary,
        endpoint,
        List.of(),
        List.of(MediaTypes.JSON),
        List.of(MediaTypes.JSON));
  }

  /** Which knows these parameters of the query. */
  Route asking(String... parameters) {
    return new Route(
        method,
        template,
        access,
        scope,
        thread,
        summary,
        endpoint,
        List.of(parameters),
        takes,
        gives);
  }

  /** Which reads bodies of these types. */
  Route taking(String... types) {
    return new Route(
        method, template, access, scope, thread, summary, endpoint, asks, List.of(types), gives);
  }

  /** Which answers in these types. */
  Route giving(String... types) {
    return new Route(
        method, template, access, scope, thread, summary, endpoint, asks, takes, List.of(types));
  }

  /** Which needs a key that is good for more than reading. */
  Route needing(Scope wanted) {
    return new Route(
        method, template, access, wanted, thread, summary, endpoint, asks, takes, gives);
  }

  /** Which runs elsewhere. */
  Route running(Runs where) {
    return new Route(method, template, access, scope, where, summary, endpoint, asks, takes, gives);
  }

  /** The path parameter that is an id, and may have any character. */
  static final String ID = "id";

  /** Who may call a route. */
  enum Access {
    /** Anybody. */
    PUBLIC,
    /** Whoever has the key of the metrics, if there is one. */
    METRICS,
    /** A tenant. */
    TENANT,
    /** The administrator. */
    ADMINISTRATOR
  }

  /** Where a route runs. */
  enum Runs {
    /** On the thread that read the head: for what takes no time and must always answer. */
    AT_ONCE,
    /** On a worker: for what needs a processor for a moment. */
    ON_WORKER,
    /** On a worker that may wait for the disk; with a large body, on one for what takes long. */
    AS_WRITE,
    /** On a worker for what takes long. */
    AT_LENGTH
  }

  /** What a route does. */
  @FunctionalInterface
  interface Endpoint {
    Reply answer(Call call);
  }

  /** The parameters of a path, or empty if it is not of this route. */
  Optional<Map<String, String>> match(List<String> segments) {
    List<String> parts = RequestPath.of(template).segments();
    if (parts.size() != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    for (int at = 0; at < parts.size(); at++) {
      String part = parts.get(at);
      if (part.startsWith("{")) {
        parameters.put(part.substring(1, part.length() - 1), segments.get(at));
      } else if (!part.equals(segments.get(at))) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }
}
