package io.memryx.persistence.internal.wal;

import io.memryx.persistence.StorageUnwritableException;
import io.memryx.snapshot.Change;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a thread asks of the log's thread, and waits for. */
final class Request {
  private final Task task;
  private final Thread waiting = Thread.currentThread();
  private long sequence;
  private @Nullable Throwable failure;
  private boolean succeeded;
  private volatile boolean done;

  /** What is asked for. */
  sealed interface Task {}

  /** Something that is about one log. */
  sealed interface LogTask extends Task {
    /** The log that it is about. */
    LogTail tail();
  }

  /** A change to be logged. */
  record Append(LogTail tail, Change change) implements LogTask {}

  /** A new segment. */
  record Rotation(LogTail tail) implements LogTask {}

  /** The end of a log. */
  record Ending(LogTail tail) implements LogTask {}

  /** All logs made durable, whatever is promised. */
  record Forcing() implements Task {}

  /** The end of all logs. */
  record Closing() implements Task {}

  Request(Task task) {
    this.task = task;
  }

  Task task() {
    return task;
  }

  /** To be called before {@link #complete}. */
  void number(long number) {
    sequence = number;
  }

  /** To be called before {@link #complete}: what is completed without this has failed. */
  void succeed() {
    succeeded = true;
  }

  /** To be called before {@link #complete}; of several failures the first counts, over success. */
  void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  /** Wakes whoever waits. */
  void complete() {
    done = true;
    LockSupport.unpark(waiting);
  }

  /** Waits, whatever interrupts come meanwhile; they are kept. Gives the number of the change. */
  long await() {
    boolean interrupted = false;
    while (!done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return switch (failure) {
      case null -> sequenceOfSuccess();
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    };
  }

  private long sequenceOfSuccess() {
    if (!succeeded) {
      throw new StorageUnwritableException(
          "the log was not written: look for the reason in what was reported before, and open the store again",
          null);
    }
    return sequence;
  }
}
