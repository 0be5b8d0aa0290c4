package io.memryx.server.http;

import io.memryx.Neighbor;
import io.memryx.SearchResult;
import io.memryx.server.service.SearchSubject;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Writes what searches found. */
final class SearchAnswers {
  private static final double NANOS_PER_MILLI = 1e6;

  private SearchAnswers() {}

  /** The members of the answer's object. */
  static void write(JsonGenerator json, SearchCall search, List<SearchResult> answers, long nanos) {
    switch (search.subject()) {
      case SearchSubject.OneVector _, SearchSubject.LikeEntry _ ->
          writeOne(json, search, answers.getFirst());
      case SearchSubject.Batch _ -> {
        json.writeName("results");
        json.writeStartArray();
        for (SearchResult answer : answers) {
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

  private static void writeOne(JsonGenerator json, SearchCall search, SearchResult answer) {
    json.writeName("results");
    json.writeStartArray();
    for (Neighbor neighbor : answer.neighbors()) {
      json.writeStartObject();
      json.writeStringProperty("id", neighbor.id());
      json.writeNumberProperty("score", neighbor.score());
      if (search.include().contains(SearchCall.Included.METADATA)) {
        json.writeName("metadata");
        Json.writeMetadata(json, neighbor.metadata());
      }
      neighbor.entry().ifPresent(entry -> EntryEncoder.writeValues(json, entry));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberProperty("count", answer.neighbors().size());
    if (search.explain()) {
      writeWork(json, answer.work());
    }
  }

  private static void writeWork(JsonGenerator json, SearchResult.Work work) {
    json.writeName("explain");
    json.writeStartObject();
    json.writeNumberProperty("lists_probed", work.listsProbed());
    json.writeNumberProperty("codes_scanned", work.codesScanned());
    json.writeNumberProperty("reranked", work.codesRanked());
    json.writeNumberProperty("vectors_scored", work.vectorsScored());
    json.writeName("matched");
    if (work.matched() < 0) {
      json.writeNull();
    } else {
      json.writeNumber(work.matched());
    }
    json.writeNumberProperty("micros", work.micros());
    writeTime(json, work.time());
    json.writeEndObject();
  }

  private static void writeTime(JsonGenerator json, SearchResult.Time time) {
    json.writeName("micros_by_phase");
    json.writeStartObject();
    json.writeNumberProperty("hot_buffer", time.hotBuffer());
    json.writeNumberProperty("routing", time.routing());
    json.writeNumberProperty("scanning", time.scanning());
    json.writeNumberProperty("ranking", time.ranking());
    json.writeNumberProperty("reranking", time.reranking());
    json.writeNumberProperty("rest", time.rest());
    json.writeEndObject();
  }
}
