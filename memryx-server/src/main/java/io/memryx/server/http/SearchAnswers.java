package io.memryx.server.http;

import io.memryx.SearchResult;
import io.memryx.server.service.SearchAnswer;
import io.memryx.server.service.SearchSubject;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Writes what searches found. */
final class SearchAnswers {
  private static final double NANOS_PER_MILLI = 1e6;

  private SearchAnswers() {}

  /** Whether the answer shows more than neighbors have. */
  static boolean needsEntries(SearchCall search) {
    return search.include().contains(SearchCall.Included.VALUES);
  }

  /** The members of the answer's object. */
  static void write(JsonGenerator json, SearchCall search, List<SearchAnswer> answers, long nanos) {
    switch (search.subject()) {
      case SearchSubject.OneVector _, SearchSubject.LikeEntry _ ->
          writeOne(json, search, answers.getFirst());
      case SearchSubject.Batch _ -> {
        json.writeName("results");
        json.writeStartArray();
        for (SearchAnswer answer : answers) {
          json.writeStartObject();
          writeOne(json, search, answer);
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("count", answers.size());
      }
    }
    json.writeNumberProperty("took_ms", Json.rounded(nanos / NANOS_PER_MILLI));
  }

  private static void writeOne(JsonGenerator json, SearchCall search, SearchAnswer answer) {
    json.writeName("results");
    json.writeStartArray();
    for (SearchAnswer.Found found : answer.found()) {
      json.writeStartObject();
      json.writeStringProperty("id", found.neighbor().id());
      json.writeNumberProperty("score", found.neighbor().score());
      if (search.include().contains(SearchCall.Included.METADATA)) {
        json.writeName("metadata");
        Json.writeMetadata(json, found.neighbor().metadata());
      }
      found.entry().ifPresent(entry -> EntryEncoder.writeValues(json, entry));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberProperty("count", answer.found().size());
    if (search.explain()) {
      writeWork(json, answer.work());
    }
  }

  private static void writeWork(JsonGenerator json, SearchResult.Work work) {
    json.writeName("explain");
    json.writeStartObject();
    json.writeNumberProperty("lists_probed", work.listsProbed());
    json.writeNumberProperty("codes_scanned", work.codesScanned());
    json.writeNumberProperty("vectors_scored", work.vectorsScored());
    json.writeNumberProperty("micros", work.micros());
    json.writeEndObject();
  }
}
