package io.memryx.server.http;

import io.memryx.server.service.SearchAnswer;
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
    List<SearchAnswer> answers =
        searches.search(
            call.tenant(),
            call.path(CollectionEndpoints.NAME),
            search.subject(),
            Searches.Missing.IS_REFUSED,
            SearchAnswers.needsEntries(search));
    long nanos = System.nanoTime() - begin;
    return Answer.ok(
        json -> {
          json.writeStartObject();
          SearchAnswers.write(json, search, answers, nanos);
          json.writeEndObject();
        });
  }
}
