package io.memryx.server.http;

import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /add}. */
final class AddDecoder {
  private final JsonReader json;
  private final EntryDecoder decoder = new EntryDecoder();
  private @Nullable List<Entry> entries;

  private AddDecoder(JsonReader json) {
    this.json = json;
  }

  /**
   * The entries to add.
   *
   * @param keys told the key in the body as soon as it is read
   */
  static List<Entry> read(JsonReader json, Consumer<String> keys) {
    AddDecoder add = new AddDecoder(json);
    json.object(
        JsonField.OfAdd.class,
        field -> {
          switch (field) {
            case API_KEY -> keys.accept(json.string());
            case VECTORS -> add.entries = add.entries();
          }
        });
    List<Entry> read = add.entries;
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

  private List<Entry> entries() {
    List<Entry> read = new ArrayList<>();
    json.array(
        "an array of entries",
        () -> {
          if (read.size() == Limits.MAX_BATCH_ENTRIES) {
            throw json.problem(
                ProblemCode.BAD_BATCH,
                "the batch has more than %d entries".formatted(Limits.MAX_BATCH_ENTRIES),
                "send it in several requests; 1,000 each are a good size");
          }
          read.add(decoder.read(json));
        });
    return read;
  }
}
