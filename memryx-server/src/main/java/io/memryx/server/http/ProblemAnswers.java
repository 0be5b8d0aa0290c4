package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** Turns problems into answers: {@code application/problem+json} as of RFC 9457. */
final class ProblemAnswers {
  private ProblemAnswers() {}

  /** The answer to a call that failed. */
  static Answer of(Problem problem, String requestId) {
    ProblemCode code = problem.code();
    Answer answer =
        Answer.json(code.status(), json -> write(json, problem, requestId))
            .withContentType(Answer.PROBLEM_JSON);
    if (code == ProblemCode.UNAUTHENTICATED) {
      answer = answer.withHeader("WWW-Authenticate", "Bearer realm=\"memryx\"");
    }
    if (problem.retryAfterSeconds().isPresent()) {
      String seconds = Integer.toString(problem.retryAfterSeconds().getAsInt());
      answer = answer.withHeader("Retry-After", seconds);
    }
    return answer;
  }

  /** Why something failed that nobody waited for, as a problem of its own. */
  static void writeFailure(JsonGenerator json, ProblemCode code, String detail) {
    json.writeStartObject();
    writeKind(json, code, detail);
    json.writeBooleanProperty("retryable", code.retryable());
    json.writeEndObject();
  }

  private static void writeKind(JsonGenerator json, ProblemCode code, String detail) {
    json.writeStringProperty("type", "/errors/" + code.code());
    json.writeStringProperty("title", code.title());
    json.writeNumberProperty("status", code.status());
    json.writeStringProperty("code", code.code());
    json.writeStringProperty("detail", detail);
  }

  private static void write(JsonGenerator json, Problem problem, String requestId) {
    ProblemCode code = problem.code();
    json.writeStartObject();
    writeKind(json, code, problem.detail());
    json.writeStringProperty("hint", problem.hint());
    if (!problem.faults().isEmpty()) {
      json.writeName("errors");
      json.writeStartArray();
      for (Problem.Fault fault : problem.faults()) {
        json.writeStartObject();
        json.writeStringProperty("pointer", fault.pointer());
        json.writeStringProperty("code", fault.code().code());
        json.writeStringProperty("detail", fault.detail());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeBooleanProperty("retryable", code.retryable());
    json.writeStringProperty("request_id", requestId);
    problem.members().forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  /** How a code is counted in metrics. */
  static String label(ProblemCode code) {
    return code.name().toLowerCase(Locale.ROOT);
  }
}
