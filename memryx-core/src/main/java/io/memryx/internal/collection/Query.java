package io.memryx.internal.collection;

import io.memryx.Entry;
import io.memryx.Include;
import io.memryx.Metadata;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.internal.ivf.ExactScorer;
import io.memryx.internal.ivf.TopRows;
import io.memryx.internal.metadata.MetadataCodec;
import io.memryx.internal.metadata.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One search under way: what is asked, what was found, and what it took. For one thread; used once.
 */
final class Query {
  private final SearchRequest request;
  private final ExactScorer scorer;
  private final List<byte[]> excluded = new ArrayList<>();
  private final List<Found> found = new ArrayList<>();
  private List<Neighbor> neighbors = List.of();
  private final Map<SearchPhase, Long> nanos = new EnumMap<>(SearchPhase.class);

  private int listsProbed;
  private int codesScanned;
  private int codesRanked;
  private int vectorsScored;
  private int matched = -1;

  Query(SearchRequest request, ExactScorer scorer) {
    this.request = request;
    this.scorer = scorer;
    exclude(request.likeId());
    exclude(request.excludedId());
  }

  /** No entry has an id that can't be encoded; as bytes it would be another one. */
  private void exclude(@Nullable String id) {
    if (id != null && Utf8.isEncodable(id)) {
      excluded.add(id.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** An entry found, not yet decoded. */
  // A record of arrays on purpose: internal, lives for one search.
  @SuppressWarnings("ArrayRecordComponent")
  private record Found(float score, byte[] id, Place place) {
    static final Comparator<Found> BEST_FIRST =
        Comparator.comparingDouble((Found entry) -> -entry.score)
            .thenComparing(Found::id, Arrays::compareUnsigned);
  }

  SearchRequest request() {
    return request;
  }

  ExactScorer scorer() {
    return scorer;
  }

  /** Entries to find, those among them that are left out in the end. */
  int wanted() {
    return request.k() + excluded.size();
  }

  void addVectorsScored(int vectors) {
    vectorsScored += vectors;
  }

  void setCodesSeen(int listsProbed, int codesScanned, int codesRanked) {
    this.listsProbed = listsProbed;
    this.codesScanned = codesScanned;
    this.codesRanked = codesRanked;
  }

  void addNanos(SearchPhase phase, long more) {
    nanos.merge(phase, more, Long::sum);
  }

  /** Takes over the best of some rows. */
  void add(TopRows top, EntryRows rows) {
    for (int i = 0; i < top.size(); i++) {
      var place = new Place(rows, top.row(i));
      found.add(new Found(scorer.possible(top.score(i)), place.id(), place));
    }
  }

  /**
   * Decodes the best of all that was found.
   *
   * @param matched entries that pass the filter, or -1 if that is not known
   */
  void decode(int matched) {
    this.matched = matched;
    neighbors =
        found.stream()
            .filter(entry -> entry.score >= request.minScore() && !isExcluded(entry.id))
            .sorted(Found.BEST_FIRST)
            .limit(request.k())
            .map(this::decode)
            .toList();
  }

  /** The answer, once decoded. */
  SearchResult result() {
    var work =
        new SearchResult.Work(
            listsProbed, codesScanned, codesRanked, vectorsScored, matched, time());
    return new SearchResult(neighbors, work);
  }

  private boolean isExcluded(byte[] id) {
    for (byte[] left : excluded) {
      if (Arrays.equals(left, id)) {
        return true;
      }
    }
    return false;
  }

  private Neighbor decode(Found entry) {
    String id = new String(entry.id, StandardCharsets.UTF_8);
    Place place = entry.place;
    Metadata metadata =
        request.include().contains(Include.METADATA)
            ? MetadataCodec.decode(place.rows().encodedMetadata(place.row()))
            : Metadata.empty();
    Optional<Entry> whole =
        request.include().contains(Include.VECTOR)
            ? Optional.of(place.rows().entry(place.row(), metadata))
            : Optional.empty();
    return new Neighbor(id, entry.score, metadata, whole);
  }

  private SearchResult.Time time() {
    long total = nanos.values().stream().mapToLong(Long::longValue).sum() / 1_000;
    long rest = total;
    for (SearchPhase phase : SearchPhase.values()) {
      rest -= phase == SearchPhase.REST ? 0 : micros(phase);
    }
    return new SearchResult.Time(
        micros(SearchPhase.HOT_BUFFER),
        micros(SearchPhase.ROUTING),
        micros(SearchPhase.SCANNING),
        micros(SearchPhase.RANKING),
        micros(SearchPhase.RERANKING),
        rest);
  }

  private long micros(SearchPhase phase) {
    return nanos.getOrDefault(phase, 0L) / 1_000;
  }
}
