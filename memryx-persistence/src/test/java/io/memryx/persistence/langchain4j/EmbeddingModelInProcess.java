package io.memryx.persistence.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;

/** MiniLM inside this JVM, loaded once. */
final class EmbeddingModelInProcess {
  static final EmbeddingModel MINILM = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);

  /** Components of its vectors. */
  static final int DIMENSION = 384;

  private EmbeddingModelInProcess() {}
}
