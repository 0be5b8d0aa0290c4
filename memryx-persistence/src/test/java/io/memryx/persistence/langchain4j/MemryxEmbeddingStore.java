package io.memryx.persistence.langchain4j;

import static dev.langchain4j.internal.Utils.randomUUID;
import static dev.langchain4j.internal.ValidationUtils.ensureNotNull;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingSearchResult;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.RelevanceScore;
import dev.langchain4j.store.embedding.filter.Filter;
import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's embedding store on a lossless collection under cosine. Its score, the relevance, is
 * (cosine + 1) / 2.
 */
final class MemryxEmbeddingStore implements EmbeddingStore<TextSegment> {
  private final Supplier<VectorCollection> collection;

  /**
   * On a collection.
   *
   * @param collection asked anew for every call: it may be another object after a restart
   */
  MemryxEmbeddingStore(Supplier<VectorCollection> collection) {
    this.collection = collection;
  }

  @Override
  public String add(Embedding embedding) {
    String id = randomUUID();
    add(id, embedding);
    return id;
  }

  @Override
  public void add(String id, Embedding embedding) {
    collection.get().upsert(List.of(Entry.of(id, embedding.vector())));
  }

  @Override
  public String add(Embedding embedding, TextSegment segment) {
    return addAll(List.of(embedding), List.of(segment)).getFirst();
  }

  @Override
  public List<String> addAll(List<Embedding> embeddings) {
    List<String> ids = generateIds(embeddings.size());
    addAll(ids, embeddings, null);
    return ids;
  }

  @Override
  public void addAll(
      @Nullable List<String> ids,
      @Nullable List<Embedding> embeddings,
      @Nullable List<TextSegment> segments) {
    List<String> idList = ids == null ? List.of() : ids;
    List<Embedding> embeddingList = embeddings == null ? List.of() : embeddings;
    requireSize("ids size (%d) is not equal to embeddings size (%d)", idList, embeddingList);
    if (segments != null) {
      requireSize(
          "embeddings size (%d) is not equal to embedded size (%d)", embeddingList, segments);
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < idList.size(); i++) {
      TextSegment segment = segments == null ? null : segments.get(i);
      entries.add(
          Entry.of(idList.get(i), embeddingList.get(i).vector(), SegmentMetadata.of(segment)));
    }
    if (!entries.isEmpty()) {
      collection.get().upsert(entries);
    }
  }

  private static void requireSize(String message, List<?> list, List<?> other) {
    if (list.size() != other.size()) {
      throw new IllegalArgumentException(message.formatted(list.size(), other.size()));
    }
  }

  @Override
  public void removeAll(@Nullable Collection<String> ids) {
    if (ids != null && !ids.isEmpty()) {
      int _ = collection.get().delete(ids);
    }
  }

  @Override
  public void removeAll(@Nullable Filter filter) {
    int _ = collection.get().delete(FilterTranslation.translate(ensureNotNull(filter, "filter")));
  }

  @Override
  public void removeAll() {
    String nowhere = SegmentMetadata.field("");
    int _ = collection.get().delete(io.memryx.Filter.missing(nowhere));
  }

  @Override
  public EmbeddingSearchResult<TextSegment> search(EmbeddingSearchRequest request) {
    // One collection for the search and for the vectors of what it finds.
    VectorCollection searched = collection.get();
    return new EmbeddingSearchResult<>(
        searched.search(translate(request)).neighbors().stream()
            .map(neighbor -> match(searched, neighbor))
            .filter(match -> match.score() >= request.minScore())
            .toList());
  }

  private static SearchRequest translate(EmbeddingSearchRequest request) {
    SearchRequest translated =
        SearchRequest.of(
                request.queryEmbedding().vector(), Math.min(request.maxResults(), Limits.MAX_K))
            // Rounded down: what this lets through too much is refused as relevance, in double.
            .withMinScore(Math.nextDown((float) (2 * request.minScore() - 1)));
    return request.filter() == null
        ? translated
        : translated.withFilter(FilterTranslation.translate(request.filter()));
  }

  private static EmbeddingMatch<TextSegment> match(VectorCollection searched, Neighbor neighbor) {
    float[] vector = searched.get(neighbor.id()).orElseThrow().vector();
    return new EmbeddingMatch<>(
        RelevanceScore.fromCosineSimilarity(neighbor.score()),
        neighbor.id(),
        Embedding.from(vector),
        SegmentMetadata.segment(neighbor.metadata()));
  }
}
