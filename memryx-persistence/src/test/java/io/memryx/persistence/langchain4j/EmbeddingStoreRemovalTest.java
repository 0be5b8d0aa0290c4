package io.memryx.persistence.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.EmbeddingStoreRemoveAllContract;
import dev.langchain4j.store.embedding.EmbeddingStoreWithRemovalIT;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Memryx;
import io.memryx.VectorCollection;

/** LangChain4j's suite on removing. */
class EmbeddingStoreRemovalTest extends EmbeddingStoreWithRemovalIT
    implements EmbeddingStoreRemoveAllContract {
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
