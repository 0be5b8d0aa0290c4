package io.memryx.persistence.internal.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where file operations run: platform threads that nobody interrupts. An interrupt closes the file
 * channel that a thread is using, and callers may well be interrupted.
 */
public final class IoThread extends Thread {
  /** More would only queue at one disk. */
  private static final int MAX_THREADS = 8;

  private IoThread(String name, Runnable task) {
    super(null, task, "memryx-" + name);
    setDaemon(true);
  }

  /** How much there is to each of a number of tasks. */
  public enum Grain {
    /** Such as the reading of one small file. */
    SMALL(32),
    /** What may take seconds, such as the reading of a collection. */
    LARGE(1);

    /** A thread more is worth its start for so many; fewer run one after the other. */
    private final int tasksPerThread;

    Grain(int tasksPerThread) {
      this.tasksPerThread = tasksPerThread;
    }

    int threads(int tasks, int processors) {
      return Math.clamp(tasks / tasksPerThread, 1, Math.min(MAX_THREADS, processors));
    }
  }

  /**
   * One of a number of tasks.
   *
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface NumberedTask<E extends Exception> {
    /** Does the task of this number, from 0. */
    void run(int number) throws E;
  }

  /** Begins a task of its own, which ends by itself. */
  public static Thread start(String name, Runnable task) {
    var thread = new IoThread(name, task);
    thread.start();
    return thread;
  }

  /**
   * Runs a task to its end, even if the calling thread is interrupted; the interrupt is kept. A
   * task of a task stays on its thread.
   */
  public static <T> T run(String name, Callable<T> task) {
    var future = new FutureTask<T>(task);
    if (Thread.currentThread() instanceof IoThread) {
      future.run();
    } else {
      new IoThread(name, future).start();
    }
    return await(future);
  }

  /**
   * Runs many tasks that don't need one another, on as many threads as there are processors. They
   * begin in order, none after one has failed; of the failures the one of the lowest number is
   * thrown, as if they had run one after the other.
   */
  public static <E extends Exception> void runAll(
      String name, Grain grain, int count, NumberedTask<E> task) throws E {
    int threads = grain.threads(count, Runtime.getRuntime().availableProcessors());
    var next = new AtomicInteger();
    var failures = new ConcurrentSkipListMap<Integer, Throwable>();
    List<FutureTask<Void>> others = new ArrayList<>();
    for (int thread = 1; thread < threads; thread++) {
      var other = new FutureTask<Void>(() -> runSome(count, task, next, failures), null);
      new IoThread(name, other).start();
      others.add(other);
    }
    run(
        name,
        () -> {
          runSome(count, task, next, failures);
          return true;
        });
    others.forEach(IoThread::await);
    if (!failures.isEmpty()) {
      throw thrownBy(task, failures.firstEntry().getValue());
    }
  }

  @SuppressWarnings({"unchecked", "unused"}) // what such a task throws is unchecked or an E
  private static <E extends Exception> E thrownBy(NumberedTask<E> task, Throwable failure) {
    return switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> (E) failure;
    };
  }

  private static void runSome(
      int count,
      NumberedTask<?> task,
      AtomicInteger next,
      ConcurrentSkipListMap<Integer, Throwable> failures) {
    for (int number = next.getAndIncrement();
        number < count && failures.isEmpty();
        number = next.getAndIncrement()) {
      try {
        task.run(number);
      } catch (Throwable e) { // Errors too: whoever asked for the tasks is told, in full.
        failures.put(number, e);
      }
    }
  }

  private static <T> T await(FutureTask<T> future) {
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
