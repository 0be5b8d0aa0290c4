package io.memryx.persistence.internal.file;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Where file operations run: a platform thread for each, which nobody interrupts. An interrupt
 * closes the file channel that a thread is using, and callers may well be interrupted.
 */
public final class IoThread {
  private IoThread() {}

  /** Runs a task to its end, even if the calling thread is interrupted; the interrupt is kept. */
  public static <T> T run(String name, Callable<T> task) {
    var future = new FutureTask<T>(task);
    Thread.ofPlatform().name("memryx-" + name).daemon(true).start(future);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable failure) {
    return switch (failure) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException(failure);
    };
  }
}
