package io.memryx.server.http;

import io.memryx.Filter;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.service.Deletions.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST …/delete}. */
final class DeleteDecoder {
  /** Ids in one request: as many as entries. */
  private static final int MAX_IDS = AddDecoder.MAX_ENTRIES;

  private final JsonReader json;
  private @Nullable List<String> ids;
  private @Nullable Filter filter;
  private boolean dryRun;

  private DeleteDecoder(JsonReader json) {
    this.json = json;
  }

  /** Whether entries are removed, or only counted. */
  enum Mode {
    APPLY,
    COUNT
  }

  /**
   * What is asked for.
   *
   * @param selection which entries
   * @param mode what to do with them
   */
  record Deletion(Selection selection, Mode mode) {}

  /**
   * The deletion.
   *
   * @param keys told the key in the body as soon as it is read
   */
  static Deletion read(JsonReader json, Consumer<String> keys) {
    DeleteDecoder decoder = new DeleteDecoder(json);
    json.object(
        JsonField.OfDelete.class,
        field -> {
          switch (field) {
            case API_KEY -> keys.accept(json.string());
            case IDS -> decoder.ids = decoder.ids();
            case FILTER -> decoder.filter = FilterDecoder.read(json);
            case DRY_RUN -> decoder.dryRun = json.bool();
          }
        });
    return new Deletion(decoder.selection(), decoder.dryRun ? Mode.COUNT : Mode.APPLY);
  }

  private List<String> ids() {
    List<String> read = new ArrayList<>();
    json.array(
        "an array of ids",
        () -> {
          if (read.size() == MAX_IDS) {
            throw json.problem(
                ProblemCode.BAD_BATCH,
                "the request has more than %d ids".formatted(MAX_IDS),
                "send them in several requests, or delete by a filter");
          }
          read.add(json.string());
        });
    return read;
  }

  private Selection selection() {
    if (ids != null && filter != null) {
      throw Problem.of(
              ProblemCode.OUT_OF_RANGE,
              "the request has both 'ids' and 'filter'",
              "give exactly one of them")
          .toException();
    }
    if (filter != null) {
      return new Selection.ByFilter(filter);
    }
    if (ids == null) {
      throw Problem.of(
              ProblemCode.MISSING_FIELD,
              "the request has neither 'ids' nor 'filter'",
              "send {\"ids\":[\"a\"]} or {\"filter\":{\"lang\":\"en\"}}; DELETE"
                  + " /v1/collections/{name} removes everything")
          .at("/ids")
          .toException();
    }
    return Selection.ByIds.of(ids);
  }
}
