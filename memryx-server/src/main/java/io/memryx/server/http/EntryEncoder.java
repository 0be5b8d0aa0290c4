package io.memryx.server.http;

import io.memryx.Entry;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** Writes entries as {@link EntryDecoder} reads them. */
final class EntryEncoder {
  private EntryEncoder() {}

  /** An entry as an object: its id and what else is wanted of it. */
  static void write(JsonGenerator json, Entry entry, Set<SearchCall.Included> include) {
    json.writeStartObject();
    json.writeStringProperty("id", entry.id());
    if (include.contains(SearchCall.Included.METADATA)) {
      json.writeName("metadata");
      Json.writeMetadata(json, entry.metadata());
    }
    if (include.contains(SearchCall.Included.VALUES)) {
      writeValues(json, entry);
    }
    json.writeEndObject();
  }

  /** The vector of an entry as a member, and a second one where it is an approximation. */
  static void writeValues(JsonGenerator json, Entry entry) {
    json.writeName("values");
    json.writeStartArray();
    for (int component = 0; component < entry.dimension(); component++) {
      json.writeNumber(entry.component(component));
    }
    json.writeEndArray();
    if (entry.isApproximate()) {
      json.writeBooleanProperty("approximate", true);
    }
  }
}
