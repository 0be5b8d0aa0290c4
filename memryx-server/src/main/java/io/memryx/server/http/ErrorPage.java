package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.Arrays;

/**
 * The page that a problem's {@code type} leads to: what the error means and what to do about it.
 */
final class ErrorPage {
  private ErrorPage() {}

  /** The page of the error that the path names, in what the caller likes best. */
  static Answer answer(Call call) {
    ProblemCode code = named(call.path("code"));
    return call.prefers(MediaTypes.HTML) ? html(code) : text(code);
  }

  private static ProblemCode named(String name) {
    return Arrays.stream(ProblemCode.values())
        .filter(code -> code.code().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.of(
                        ProblemCode.NOT_FOUND,
                        "there is no error of that name",
                        "the names are the 'code' members of error answers, in lower case")
                    .toException());
  }

  private static String again(ProblemCode code) {
    return code.retryable()
        ? "The same request may succeed later; where the answer has Retry-After, that says when."
        : "The same request will be refused again: change it first.";
  }

  private static Answer text(ProblemCode code) {
    String text =
        """
        %s (HTTP %d)

        %s.

        %s

        %s
        The answer's 'detail' says what it was this time, its 'hint' what to do.
        """
            .formatted(code.code(), code.status(), code.title(), code.page(), again(code));
    return Answer.text(200, Answer.TEXT, text);
  }

  private static Answer html(ProblemCode code) {
    String body =
        """
        <p>%s (HTTP %d)</p>
        <p>%s</p>
        <p>%s</p>
        <p>The answer's <code>detail</code> says what it was this time, its <code>hint</code> what to do.
        <a href="/">How to begin, and all endpoints</a></p>
        """
            .formatted(
                Html.escaped(code.code()),
                code.status(),
                Html.escaped(code.page()),
                Html.escaped(again(code)));
    return Html.page(code.title(), body);
  }
}
