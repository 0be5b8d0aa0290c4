package io.memryx.bench.text;

import io.memryx.bench.measure.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends many texts through a model: in blocks of {@value #BLOCK}, in a block every text once
 * however often it occurs, batch by batch as {@link BatchPlan} says. The vectors depend on that
 * scheme, not on the number of threads.
 */
final class Embedding {
  /** Texts that are sorted into batches together. */
  static final int BLOCK = 50_000;

  /** Texts that are cut into tokens at a time. */
  private static final int TOKENIZED = 1000;

  private final EmbeddingModel model;
  private final int threads;
  private final Progress progress;

  Embedding(EmbeddingModel model, int threads, Progress progress) {
    this.model = model;
    this.threads = threads;
    this.progress = progress;
  }

  /** The vector of every text, in their order; equal texts of a block share one array. */
  float[][] vectors(List<String> texts) {
    float[][] vectors = new float[texts.size()][];
    for (int from = 0; from < texts.size(); from += BLOCK) {
      List<String> block = texts.subList(from, Math.min(from + BLOCK, texts.size()));
      progress.stage("embedding texts from %d of %d".formatted(from, texts.size()));
      List<String> distinct = block.stream().distinct().toList();
      float[][] embedded = vectorsOfDistinct(distinct);
      Map<String, float[]> vectorOf = new HashMap<>();
      for (int i = 0; i < embedded.length; i++) {
        vectorOf.put(distinct.get(i), embedded[i]);
      }
      for (int i = 0; i < block.size(); i++) {
        vectors[from + i] = Objects.requireNonNull(vectorOf.get(block.get(i)));
      }
    }
    return vectors;
  }

  private float[][] vectorsOfDistinct(List<String> texts) {
    List<long[]> tokens = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += TOKENIZED) {
      tokens.addAll(model.tokens(texts.subList(from, Math.min(from + TOKENIZED, texts.size()))));
    }
    List<int[]> batches = BatchPlan.of(tokens.stream().mapToInt(text -> text.length).toArray());
    float[][] vectors = new float[texts.size()][];
    var next = new AtomicInteger();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> runs = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        runs.add(workers.submit(() -> embedBatches(batches, tokens, vectors, next)));
      }
      runs.forEach(Embedding::await);
    }
    return vectors;
  }

  private void embedBatches(
      List<int[]> batches, List<long[]> tokens, float[][] vectors, AtomicInteger next) {
    for (int b = next.getAndIncrement(); b < batches.size(); b = next.getAndIncrement()) {
      List<long[]> batch = new ArrayList<>();
      for (int text : batches.get(b)) {
        batch.add(tokens.get(text));
      }
      float[][] embedded = model.embed(batch);
      for (int i = 0; i < embedded.length; i++) {
        vectors[batches.get(b)[i]] = embedded[i];
      }
    }
  }

  private static void await(Future<?> run) {
    try {
      run.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while embedding", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the model failed: " + e.getCause(), e.getCause());
    }
  }
}
