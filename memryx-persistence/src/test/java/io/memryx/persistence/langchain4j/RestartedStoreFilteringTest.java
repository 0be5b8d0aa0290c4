package io.memryx.persistence.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingStore;
import io.memryx.CollectionOptions;
import io.memryx.Compression;

/** The same suites on a collection that is built and restarted before every call. */
class RestartedStoreFilteringTest extends EmbeddingStoreFilteringTest {
  private final EmbeddingStore<TextSegment> store =
      new MemryxEmbeddingStore(
          new RestartedCollection(
              CollectionOptions.of(EmbeddingModelInProcess.DIMENSION)
                  .withCompression(Compression.LOSSLESS)));

  @Override
  public EmbeddingStore<TextSegment> embeddingStore() {
    return store;
  }
}
