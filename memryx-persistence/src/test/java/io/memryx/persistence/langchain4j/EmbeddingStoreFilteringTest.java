package io.memryx.persistence.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.EmbeddingStoreAddAllContract;
import dev.langchain4j.store.embedding.EmbeddingStoreWithFilteringIT;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Memryx;
import io.memryx.VectorCollection;

/**
 * LangChain4j's suites on adding, searching and filtering: {@code EmbeddingStoreWithFilteringIT} is
 * {@code EmbeddingStoreIT} and {@code EmbeddingStoreWithoutMetadataIT}, too.
 */
class EmbeddingStoreFilteringTest extends EmbeddingStoreWithFilteringIT
    implements EmbeddingStoreAddAllContract {
  private final VectorCollection collection =
      Memryx.inMemory()
          .collection(
              "contract",
              CollectionOptions.of(EmbeddingModelInProcess.DIMENSION)
                  .withCompression(Compression.LOSSLESS));
  private final EmbeddingStore<TextSegment> store = new MemryxEmbeddingStore(() -> collection);

  @Override
  public EmbeddingStore<TextSegment> embeddingStore() {
    return store;
  }

  @Override
  protected EmbeddingModel embeddingModel() {
    return EmbeddingModelInProcess.MINILM;
  }
}
