package io.memryx.server.service;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The memory that builds under way take together, and those that wait for some of it. Thread-safe;
 * guarded by its own monitor, with which held it calls nobody who could wait.
 */
final class BuildMemory {
  private final LongSupplier allowed;
  private final Set<Runnable> putBack = new LinkedHashSet<>();
  private int builds;
  private int patient;
  private long bytes;

  /**
   * Nothing is built.
   *
   * @param allowed bytes that builds may take together, as of now
   */
  BuildMemory(LongSupplier allowed) {
    this.allowed = allowed;
  }

  /** What builds under way take, in bytes. */
  synchronized long bytes() {
    return bytes;
  }

  /**
   * Lets a build begin as soon as there is room for it beside those under way; alone it begins at
   * once, whatever it needs: it will say itself that this is too much. While it waits, none is let
   * in by {@link #tryEnter}: those could keep it waiting for ever.
   *
   * @param wanted whether to go on waiting; looked at after {@link #lookAgain}
   * @return to be closed when the build has ended, or empty if it is not wanted any more
   */
  Optional<Room> enter(long needed, BooleanSupplier wanted) throws InterruptedException {
    try {
      return await(needed, wanted);
    } finally {
      // Put back while this one waited; also where it has room now there may be some beside it.
      takePutBack().forEach(Runnable::run);
    }
  }

  private synchronized Optional<Room> await(long needed, BooleanSupplier wanted)
      throws InterruptedException {
    patient++;
    try {
      while (wanted.getAsBoolean() && !fits(needed)) {
        wait();
      }
    } finally {
      patient--;
    }
    return wanted.getAsBoolean() ? Optional.of(begin(needed)) : Optional.empty();
  }

  /**
   * Lets a build begin if there is room for it now, as {@link #enter} does.
   *
   * @param whenEnded run once, when a build has ended and it is worth trying again, if there is no
   *     room now
   * @return to be closed when the build has ended, or empty if there is no room now
   */
  synchronized Optional<Room> tryEnter(long needed, Runnable whenEnded) {
    if (patient == 0 && fits(needed)) {
      return Optional.of(begin(needed));
    }
    putBack.add(whenEnded);
    return Optional.empty();
  }

  /** Forgets what was to be run when a build has ended. */
  synchronized void forget(Runnable whenEnded) {
    putBack.remove(whenEnded);
  }

  /** Those that {@link #tryEnter} did not let in, and that were not told to try again since. */
  synchronized int waiting() {
    return putBack.size();
  }

  /** Has those that wait look whether they are still wanted. */
  synchronized void lookAgain() {
    notifyAll();
  }

  private boolean fits(long needed) {
    return builds == 0 || needed <= allowed.getAsLong() - bytes;
  }

  private Room begin(long needed) {
    long budget = Math.max(0, allowed.getAsLong() - bytes);
    Room room = new Room(Math.min(needed, budget), budget);
    builds++;
    bytes += room.taken;
    return room;
  }

  private synchronized void end(Room room) {
    builds--;
    bytes -= room.taken;
    notifyAll();
  }

  private synchronized List<Runnable> takePutBack() {
    List<Runnable> taken = List.copyOf(putBack);
    putBack.clear();
    return taken;
  }

  /** What one build may take while it runs. */
  final class Room implements AutoCloseable {
    private final long taken;
    private final long budget;

    private Room(long taken, long budget) {
      this.taken = taken;
      this.budget = budget;
    }

    /** In bytes. */
    long bytes() {
      return budget;
    }

    @Override
    public void close() {
      end(this);
      takePutBack().forEach(Runnable::run);
    }
  }
}
