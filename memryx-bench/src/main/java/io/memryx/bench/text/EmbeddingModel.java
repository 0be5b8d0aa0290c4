package io.memryx.bench.text;

import java.util.List;

/** A model that turns texts into unit vectors. Implementations are thread-safe. */
public interface EmbeddingModel {
  /** Number of components of every vector. */
  int dimension();

  /** The token numbers of each text, those that the model adds at both ends among them. */
  List<long[]> tokens(List<String> texts);

  /**
   * The vector of each text of a batch, {@code texts × dimension}. A model with dynamic
   * quantisation scales its activations by the whole batch: what else is in it moves the last
   * digits, or more.
   */
  float[][] embed(List<long[]> batch);
}
