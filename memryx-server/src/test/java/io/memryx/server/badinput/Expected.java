package io.memryx.server.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.Json;
import io.memryx.server.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What a bad input is to be answered, to the last member. Each method gives another one. */
sealed interface Expected {
  /** Nothing of these may get out: neither how the server is made, nor where it lies. */
  Pattern INSIDES =
      Pattern.compile(
          "Exception|java\\.|io\\.memryx|undertow|jackson|\\tat |\\.java:|/tmp/|/home/");

  /** Fails unless this is the answer. */
  void check(RawAnswer answer);

  /** A problem of this status and code, whose detail says exactly this. */
  static Refused refused(int status, ProblemCode code, String detail) {
    return new Refused(status, code, detail, List.of(), List.of(), List.of());
  }

  /**
   * What the parser says to what is no HTTP: a status and nothing more, and the connection ends.
   */
  static Expected cut(int status) {
    return new Cut(status);
  }

  /** The connection ends without a word. */
  static Expected silence() {
    return new Cut(RawAnswer.NONE);
  }

  /** No request was read at all: there is no place for another connection. */
  static Expected full() {
    return new Full();
  }

  /** It is no bad input, whatever it looks like: this status, and these words in the body. */
  static Expected answered(int status, String... words) {
    return new Answered(status, List.of(words));
  }

  /**
   * A problem.
   *
   * @param status its HTTP status
   * @param code its kind
   * @param detail what was wrong; '*' stands for any number or id
   * @param pointers places of the document that are at fault
   * @param headers lines of the head that are there; '*' stands for any number or id
   * @param members further members of the body
   */
  record Refused(
      int status,
      ProblemCode code,
      String detail,
      List<String> pointers,
      List<String> headers,
      List<String> members)
      implements Expected {
    private static final List<String> ALWAYS =
        List.of("type", "title", "status", "code", "detail", "hint");

    public Refused {
      pointers = List.copyOf(pointers);
      headers = List.copyOf(headers);
      members = List.copyOf(members);
    }

    /** At these places of the document. */
    Refused at(String... places) {
      return new Refused(status, code, detail, List.of(places), headers, members);
    }

    /** With a line in the head. */
    Refused with(String header) {
      List<String> more = new ArrayList<>(headers);
      more.add(header);
      return new Refused(status, code, detail, pointers, more, members);
    }

    /** With a further member. */
    Refused having(String member) {
      return new Refused(status, code, detail, pointers, headers, List.of(member));
    }

    @Override
    public void check(RawAnswer answer) {
      assertEquals(status, answer.status(), answer.toString());
      Map<String, Object> problem = Json.object(answer.body());
      assertEquals(code.code(), problem.get("code"), answer.body());
      assertEquals(code.status(), status, "the row contradicts the code's status");
      assertMatches(detail, String.valueOf(problem.get("detail")));
      checkShape(answer, problem);
      for (String header : headers) {
        int colon = header.indexOf(':');
        assertMatches(header.substring(colon + 2), answer.header(header.substring(0, colon)));
      }
      assertFalse(INSIDES.matcher(answer.body()).find(), answer.body());
    }

    private void checkShape(RawAnswer answer, Map<String, Object> problem) {
      assertEquals("application/problem+json", answer.header("Content-Type"));
      assertEquals("nosniff", answer.header("X-Content-Type-Options"));
      assertEquals("no-store", answer.header("Cache-Control"));
      assertEquals("/errors/" + code.code(), problem.get("type"));
      assertEquals(code.title(), problem.get("title"));
      assertEquals((long) status, problem.get("status"));
      assertEquals(code.retryable(), problem.get("retryable"));
      assertEquals(answer.header("X-Request-Id"), problem.get("request_id"));
      assertNotEquals("", String.valueOf(problem.get("hint")).strip());
      Set<String> known = new LinkedHashSet<>(ALWAYS);
      if (!pointers.isEmpty()) {
        known.add("errors");
        assertEquals(
            pointers,
            Json.objects(problem, "errors").stream().map(one -> one.get("pointer")).toList());
      }
      known.addAll(List.of("retryable", "request_id"));
      known.addAll(members);
      assertEquals(known, problem.keySet(), answer.body());
    }

    private static void assertMatches(String expected, String given) {
      String pattern = Pattern.quote(expected).replace("*", "\\E[0-9a-f.-]+\\Q");
      assertTrue(given.matches(pattern), () -> "expected: " + expected + "\ngot: " + given);
    }
  }

  /**
   * An answer without a body.
   *
   * @param status its HTTP status
   */
  record Cut(int status) implements Expected {
    @Override
    public void check(RawAnswer answer) {
      assertEquals(status, answer.status(), answer.toString());
      assertEquals("", answer.body());
    }
  }

  /**
   * No refusal.
   *
   * @param status its HTTP status
   * @param words that the body has
   */
  record Answered(int status, List<String> words) implements Expected {
    public Answered {
      words = List.copyOf(words);
    }

    @Override
    public void check(RawAnswer answer) {
      assertEquals(status, answer.status(), answer.toString());
      for (String word : words) {
        assertTrue(answer.body().contains(word), answer.body());
      }
    }
  }

  /** What they are told who are one too many: there is no request yet, and no id of it. */
  record Full() implements Expected {
    @Override
    public void check(RawAnswer answer) {
      assertEquals(503, answer.status(), answer.toString());
      assertEquals("1", answer.header("Retry-After"));
      Map<String, Object> problem = Json.object(answer.body());
      assertEquals(ProblemCode.OVERLOADED.code(), problem.get("code"));
      assertEquals(ProblemCode.OVERLOADED.title(), problem.get("title"));
      assertEquals("there are as many connections as may be", problem.get("detail"));
    }
  }
}
