package io.memryx.server.http;

import io.memryx.RecallReport;
import io.memryx.RecallRequest;
import io.memryx.SearchResult;
import io.memryx.server.service.Searches;
import io.memryx.server.service.Services;
import java.util.List;

/** The endpoints that search a collection, or tell how well that goes. */
final class SearchEndpoints {
  private final Searches searches;

  SearchEndpoints(Services services) {
    this.searches = services.searches();
  }

  Answer search(Call call) {
    SearchCall search = call.requireBody().body(SearchDecoder::read);
    long begin = System.nanoTime();
    List<SearchResult> answers =
        searches.search(
            call.tenant(),
            call.path(CollectionEndpoints.NAME),
            search.subject(),
            Searches.Missing.IS_REFUSED);
    long nanos = System.nanoTime() - begin;
    return Answer.ok(
        json -> {
          json.writeStartObject();
          SearchAnswers.write(json, search, answers, nanos);
          json.writeEndObject();
        });
  }

  /** How much searches find of what there is to be found. */
  Answer recall(Call call) {
    RecallRequest request =
        call.hasBody() ? call.body(RecallDecoder::read) : RecallDecoder.defaults();
    RecallReport report =
        searches.recall(call.tenant(), call.path(CollectionEndpoints.NAME), request);
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeNumberProperty("k", report.k());
          json.writeNumberProperty("sample", report.sample());
          json.writeNumberProperty("recall", Json.rounded(report.recall()));
          json.writeNumberProperty("p50_ms", Json.rounded(report.p50Millis()));
          json.writeNumberProperty("p95_ms", Json.rounded(report.p95Millis()));
          json.writeEndObject();
        });
  }
}
