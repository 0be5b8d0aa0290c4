package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Requests that are sent one after the other, each answered as the document says, and counted. */
final class ApiWalk {
  /** The administrator's key of every server that is walked. */
  static final String ROOT = "ROOT";

  /** A tenant's key of every server that is walked. */
  static final String KEY = "KEY1";

  private final ApiDocument document;
  private final Set<String> seen = new TreeSet<>();
  private final List<String> faults = new ArrayList<>();

  ApiWalk(ApiDocument document) {
    this.document = document;
  }

  /** All operations. */
  List<String> operations() {
    return List.copyOf(document.operations());
  }

  /** The operations that may answer with this status. */
  List<String> operations(int status) {
    return document.operations().stream()
        .filter(operation -> document.statuses(operation).contains(status))
        .toList();
  }

  /** Those of them that need a key. */
  List<String> withKey(int status) {
    return operations(status).stream()
        .filter(operation -> isTenants(operation) || isAdministrators(operation))
        .toList();
  }

  private boolean isTenants(String operation) {
    return document.security(operation).containsKey("bearer");
  }

  private boolean isAdministrators(String operation) {
    return document.security(operation).containsKey("administrator");
  }

  /** All methods of an operation's path, with those that go with others. */
  Set<String> methodsBeside(String operation) {
    String path = operation.substring(operation.indexOf(' '));
    Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
    for (String other : operations()) {
      if (other.endsWith(path) && other.indexOf(' ') == other.length() - path.length()) {
        methods.add(other.substring(0, other.indexOf(' ')));
      }
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods;
  }

  /** The request that the document gives as an example, with the key that it needs. */
  Ask ask(String operation) {
    Ask example = document.example(operation);
    if (isAdministrators(operation)) {
      return example.key(ROOT);
    }
    return isTenants(operation) ? example.key(KEY) : example;
  }

  /** The same, with the key that is for others. */
  Ask askWithOthersKey(String operation) {
    return document.example(operation).key(isAdministrators(operation) ? KEY : ROOT);
  }

  /** Sends a request, which is answered with this status and as described. */
  RawAnswer expect(int status, Ask ask, int port) {
    return expect(status, ask, ask.send(port));
  }

  /** Looks at an answer, which has this status and is as described. */
  RawAnswer expect(int status, Ask ask, RawAnswer answer) {
    if (answer.status() == status) {
      var answered = new ApiDocument.Answered(status, answer::header);
      faults.addAll(document.faults(ask.operation(), answered, answer.body()));
      seen.add(ask.operation() + " " + status);
    } else {
      faults.add("%s: expected %d, got %s".formatted(ask, status, answer));
    }
    return answer;
  }

  /** Sends a request whose body is as described, and which is answered well. */
  RawAnswer good(int status, Ask ask, int port) {
    if (ask.body().length > 0) {
      faults.addAll(document.faults(ask));
    }
    return expect(status, ask, port);
  }

  /** Fails if anything was not as described, or was described and not seen. */
  void end() {
    Set<String> unseen = new TreeSet<>();
    for (String operation : operations()) {
      document.statuses(operation).forEach(status -> unseen.add(operation + " " + status));
    }
    unseen.removeAll(seen);
    assertEquals("", String.join("\n", faults));
    assertEquals(Set.of(), unseen, "described, but not seen");
  }
}
