package io.memryx;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A build that runs elsewhere, and the stage that its outcome arrives in. */
final class BuildTask implements Runnable {
  private final VectorCollection collection;
  private final BuildRequest request;
  private final CompletableFuture<BuildReport> outcome = new CompletableFuture<>();

  private BuildTask(VectorCollection collection, BuildRequest request) {
    this.collection = collection;
    // Whoever completes the stage does not want the build any more.
    this.request =
        request.withCancellation(() -> outcome.isDone() || request.cancelled().getAsBoolean());
  }

  static CompletionStage<BuildReport> start(
      VectorCollection collection, BuildRequest request, Executor executor) {
    var task = new BuildTask(collection, request);
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      task.outcome.completeExceptionally(e);
    }
    return task.outcome;
  }

  @Override
  public void run() {
    if (outcome.isDone()) {
      return;
    }
    try {
      outcome.complete(collection.build(request));
    } catch (RuntimeException | Error e) {
      outcome.completeExceptionally(e);
    }
  }
}
