package io.memryx.server.http;

import io.memryx.Filter;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.OnError;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The parameters of queries that several endpoints take. */
final class Parameters {
  /** A cursor begins with it: an id that is given for one is told from it. */
  private static final String CURSOR_VERSION = "1.";

  private Parameters() {}

  /** What an answer is to carry beside ids. */
  static Set<SearchCall.Included> include(Call call, Set<SearchCall.Included> otherwise) {
    Optional<String> given = call.query("include");
    if (given.isEmpty()) {
      return otherwise;
    }
    Set<SearchCall.Included> include = EnumSet.noneOf(SearchCall.Included.class);
    for (String name : given.get().split(",", -1)) {
      if (!name.isEmpty()) {
        include.add(
            Choice.named(SearchCall.Included.class, name)
                .orElseThrow(
                    () ->
                        refuse(
                            "the query parameter 'include' names something that there is not",
                            "it takes 'metadata' and 'values', separated by commas")));
      }
    }
    return include;
  }

  /** What to do with faulty entries. */
  static OnError onError(Call call) {
    String given = call.query("on_error").orElse(Choice.name(OnError.FAIL));
    return Choice.named(OnError.class, given)
        .orElseThrow(
            () ->
                refuse(
                    "the query parameter 'on_error' names something that there is not",
                    "it takes one of " + Choice.names(OnError.class)));
  }

  /** A whole number. */
  static int number(Call call, String name, int otherwise, int max) {
    Optional<String> given = call.query(name);
    if (given.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(given.get());
      if (value >= 1 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below: what is no number is not in the range either.
    }
    throw refuse(
        "the query parameter '%s' is not in its range".formatted(name),
        "give a whole number from 1 to %d".formatted(max));
  }

  /** A filter as JSON. */
  static Optional<Filter> filter(Call call) {
    return call.query("filter").map(Parameters::filter);
  }

  private static Filter filter(String json) {
    return JsonReader.read(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), FilterDecoder::read);
  }

  /** Where the next page begins: after this id. */
  static String cursor(String lastId) {
    byte[] bytes = lastId.getBytes(StandardCharsets.UTF_8);
    return CURSOR_VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The id that a cursor stands for. */
  static Optional<String> cursor(Call call) {
    return call.query("cursor").map(Parameters::idOf);
  }

  private static String idOf(String cursor) {
    try {
      if (cursor.startsWith(CURSOR_VERSION)) {
        byte[] id = Base64.getUrlDecoder().decode(cursor.substring(CURSOR_VERSION.length()));
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(id)).toString();
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      // Said below: it is none of ours.
    }
    throw refuse(
        "the query parameter 'cursor' is not one that this server gave",
        "give the 'next_cursor' of the page before, or none for the first page");
  }

  private static ProblemException refuse(String detail, String hint) {
    return Problem.of(ProblemCode.BAD_PARAMETER, detail, hint).toException();
  }
}
