package io.memryx.server.http;

import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.Metadata;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /add}. */
final class AddDecoder {
  private final JsonReader json;
  private final VectorDecoder vectors = new VectorDecoder();
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
    AddDecoder decoder = new AddDecoder(json);
    json.object(
        JsonField.OfAdd.class,
        field -> {
          switch (field) {
            case API_KEY -> keys.accept(json.string());
            case VECTORS -> decoder.entries = decoder.entries();
          }
        });
    List<Entry> read = decoder.entries;
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
          read.add(entry());
        });
    return read;
  }

  private Entry entry() {
    Parts parts = new Parts();
    json.object(
        JsonField.OfEntry.class,
        field -> {
          switch (field) {
            case ID -> parts.id = json.string();
            case VALUES -> parts.values = vectors.read(json);
            case METADATA -> parts.metadata = MetadataDecoder.read(json);
          }
        });
    if (parts.id == null) {
      throw missing("id", "give every entry an id of its own, a text");
    }
    if (parts.values == null) {
      throw missing("values", "give the vector as an array of numbers or in base64");
    }
    return Entry.of(parts.id, parts.values, parts.metadata);
  }

  private RuntimeException missing(String field, String hint) {
    return json.problem(
        ProblemCode.MISSING_FIELD, "the entry has no field '%s'".formatted(field), hint);
  }

  /** What has been read of an entry. */
  private static final class Parts {
    private @Nullable String id;
    private float @Nullable [] values;
    private Metadata metadata = Metadata.empty();
  }
}
