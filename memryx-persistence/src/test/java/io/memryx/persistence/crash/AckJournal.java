package io.memryx.persistence.crash;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a process tried, and what was acknowledged to it, in a file that it shares with the process
 * that kills it. A note is one store to memory: it costs no system call that a fault could be
 * injected into, and nothing that was noted is lost when the process is killed.
 *
 * <p>Layout, in longs: {@link Count}s, then for each client the number of the step tried last, that
 * of the step acknowledged last, that of the first step, and the time of each acknowledgement.
 */
final class AckJournal implements AutoCloseable {
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final int CLIENTS_OFFSET = 32;
  private static final int TRIED = 0;
  private static final int ACKNOWLEDGED = 1;
  private static final int FIRST = 2;
  private static final int TIMES = 8;

  /** Most steps of a client in one life. */
  static final int CAPACITY = 1 << 15;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment notes;

  /** What is counted over all clients. */
  enum Count {
    /** Steps acknowledged. */
    ACKNOWLEDGED(0),
    /** Drops acknowledged. */
    DROPS(1),
    /** Builds that began. */
    BUILDS_BEGUN(2),
    /** Builds that reported to be durable. */
    BUILDS(3),
    /** Builds that ended in a failure. */
    FAILED_BUILDS(4),
    /** Builds refused because another writer has the store. */
    FENCED_BUILDS(5),
    /** Builds that ended in want of memory. */
    STARVED_BUILDS(6),
    /** Checks of the live store. */
    VERIFICATIONS(7),
    /** Checks of the live store that found damage. */
    DAMAGE_SEEN(8),
    /** Steps refused for want of space. */
    FULL(9),
    /** Steps that failed otherwise. */
    FAILED(10),
    /** Upserts acknowledged though a step had failed before. */
    ACKNOWLEDGED_AFTER_FAILURE(11),
    /** Steps refused because another writer has the store. */
    FENCED(12),
    /** Checks of the live store under which a file was taken away too often. */
    VERIFICATIONS_CUT_OFF(13),
    /** Backups of the live store that began. */
    BACKUPS_BEGUN(14),
    /** Backups that reported to be durable. */
    BACKUPS(15),
    /** Backups that ended in a failure. */
    FAILED_BACKUPS(16);

    /** Which of the first longs it is. */
    private final int place;

    Count(int place) {
      this.place = place;
    }
  }

  private AckJournal(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long bytes = 8L * (CLIENTS_OFFSET + (long) Script.CLIENTS * (TIMES + CAPACITY));
      notes = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  /** The journal in a file, empty if there is none. */
  static AckJournal open(Path file) throws IOException {
    return new AckJournal(file);
  }

  /** Tells which step a client begins with. */
  void begin(int client, long first) {
    set(at(client, FIRST), first);
    set(at(client, TRIED), first - 1);
    set(at(client, ACKNOWLEDGED), first - 1);
  }

  /** To be called before the step. */
  void tried(int client, long number) {
    set(at(client, TRIED), number);
  }

  /** To be called after the step. */
  void acknowledged(int client, long number) {
    set(at(client, TIMES) + number - first(client), System.nanoTime());
    set(at(client, ACKNOWLEDGED), number);
    count(Count.ACKNOWLEDGED);
  }

  /** Whether a client may make this step: there is room to note it. */
  boolean hasRoom(int client, long number) {
    return number - first(client) < CAPACITY;
  }

  void count(Count what) {
    long ignored = (long) LONG.getAndAdd(notes, 8L * what.place, 1L);
    assert ignored >= 0;
  }

  long counted(Count what) {
    return get(what.place);
  }

  long tried(int client) {
    return get(at(client, TRIED));
  }

  long acknowledged(int client) {
    return get(at(client, ACKNOWLEDGED));
  }

  /** The step that was acknowledged last before a point of {@link System#nanoTime}. */
  long acknowledgedBefore(int client, long nanos) {
    long number = acknowledged(client);
    while (number >= first(client) && acknowledgedAt(client, number) - nanos >= 0) {
      number--;
    }
    return number;
  }

  /** {@link System#nanoTime} of an acknowledgement, the same clock in all processes. */
  long acknowledgedAt(int client, long number) {
    return get(at(client, TIMES) + number - first(client));
  }

  private long first(int client) {
    return get(at(client, FIRST));
  }

  private static long at(int client, int field) {
    return CLIENTS_OFFSET + (long) client * (TIMES + CAPACITY) + field;
  }

  private long get(long index) {
    return (long) LONG.getAcquire(notes, 8 * index);
  }

  private void set(long index, long value) {
    LONG.setRelease(notes, 8 * index, value);
  }

  @Override
  public void close() {
    arena.close();
  }
}
