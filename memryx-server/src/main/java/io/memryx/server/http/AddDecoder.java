package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.OnError;
import io.memryx.server.service.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /add}. */
final class AddDecoder {
  /** Entries of one document: all of them are in memory before the first is looked at. */
  static final int MAX_ENTRIES = 10_000;

  private final JsonReader json;
  private final OnError onError;
  private final EntryDecoder decoder = new EntryDecoder();
  private @Nullable List<Row> rows;

  private AddDecoder(JsonReader json, OnError onError) {
    this.json = json;
    this.onError = onError;
  }

  /**
   * The entries to add.
   *
   * @param keys told the key in the body as soon as it is read
   * @param onError what to do with what is JSON, but no entry
   */
  static List<Row> read(JsonReader json, Consumer<String> keys, OnError onError) {
    AddDecoder add = new AddDecoder(json, onError);
    json.object(
        JsonField.OfAdd.class,
        field -> {
          switch (field) {
            case API_KEY -> keys.accept(json.string());
            case VECTORS -> add.rows = add.rows();
          }
        });
    List<Row> read = add.rows;
    if (read == null) {
      throw Problem.of(
              ProblemCode.MISSING_FIELD,
              "the field 'vectors' is missing",
              "send {\"vectors\":[{\"id\":\"a\",\"values\":[0.1, 0.2]}]}")
          .at("/vectors")
          .toException();
    }
    return read;
  }

  private List<Row> rows() {
    List<Row> read = new ArrayList<>();
    int depth = json.depth();
    json.array(
        "an array of entries",
        () -> {
          if (read.size() == MAX_ENTRIES) {
            throw json.problem(
                ProblemCode.BAD_BATCH,
                "the batch has more than %d entries".formatted(MAX_ENTRIES),
                "send it in several requests, 1,000 each are a good size; or one vector a line, as"
                    + " application/x-ndjson");
          }
          read.add(row(Row.Place.inList(read.size()), depth));
        });
    return read;
  }

  private Row row(Row.Place place, int depth) {
    return switch (onError) {
      case FAIL -> new Row.Read(place, decoder.read(json));
      case SKIP -> {
        try {
          yield new Row.Read(place, decoder.read(json));
        } catch (ProblemException e) {
          json.skipTo(depth);
          yield new Row.Unreadable(place, decoder.lastId(), e.problem());
        }
      }
    };
  }
}
