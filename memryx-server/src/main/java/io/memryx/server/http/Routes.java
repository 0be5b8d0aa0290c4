package io.memryx.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The table of all endpoints. Immutable. */
final class Routes {
  private final List<Route> routes;

  Routes(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  /** All of them, in the order they are told to clients. */
  List<Route> all() {
    return routes;
  }

  /** What there is at a path for a method. */
  Match find(String method, RequestPath path) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Optional<Map<String, String>> parameters = route.match(path.segments());
      if (parameters.isPresent()) {
        if (route.method().equals(wanted)) {
          return new Match.Found(route, parameters.get());
        }
        allowed.add(route.method());
      }
    }
    if (allowed.isEmpty()) {
      return new Match.NothingThere();
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    allowed.add("OPTIONS");
    return new Match.OtherMethods(new ArrayList<>(allowed));
  }

  /** What a search in the table gives. */
  sealed interface Match {

    /** An endpoint, with the parameters of its path. */
    record Found(Route route, Map<String, String> parameters) implements Match {
      public Found {
        parameters = Map.copyOf(parameters);
      }
    }

    /** A path that has other methods. */
    record OtherMethods(List<String> allowed) implements Match {
      public OtherMethods {
        allowed = List.copyOf(allowed);
      }
    }

    /** A path that nothing has. */
    record NothingThere() implements Match {}
  }
}
