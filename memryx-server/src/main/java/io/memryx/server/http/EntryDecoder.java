package io.memryx.server.http;

import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.server.problem.ProblemCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads entries, each an object. Not thread-safe. */
final class EntryDecoder {
  private final VectorDecoder vectors = new VectorDecoder();
  private Parts parts = new Parts();

  /** The id of the entry that was read last, or that could not be read, if it came to that. */
  Optional<String> lastId() {
    return Optional.ofNullable(parts.id);
  }

  /** Forgets the last id: what comes now may not even begin to be an entry. */
  void reset() {
    parts = new Parts();
  }

  /** The entry that the reader stands at. */
  Entry read(JsonReader json) {
    reset();
    json.object(
        JsonField.OfEntry.class,
        field -> {
          switch (field) {
            case ID -> parts.id = json.string();
            case VALUES -> parts.values = vectors.read(json);
            case METADATA -> parts.metadata = MetadataDecoder.read(json);
            case APPROXIMATE -> parts.approximate = json.bool();
          }
        });
    if (parts.id == null) {
      throw missing(json, "id", "give every entry an id of its own, a text");
    }
    if (parts.values == null) {
      throw missing(json, "values", "give the vector as an array of numbers or in base64");
    }
    Entry entry = Entry.of(parts.id, parts.values, parts.metadata);
    return parts.approximate ? entry.asApproximation() : entry;
  }

  private static RuntimeException missing(JsonReader json, String field, String hint) {
    return json.problem(
        ProblemCode.MISSING_FIELD, "the entry has no field '%s'".formatted(field), hint);
  }

  /** What has been read of an entry. */
  private static final class Parts {
    private @Nullable String id;
    private float @Nullable [] values;
    private Metadata metadata = Metadata.empty();
    private boolean approximate;
  }
}
