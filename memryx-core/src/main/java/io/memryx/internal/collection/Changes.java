package io.memryx.internal.collection;

import io.memryx.Filter;
import io.memryx.Limits;
import io.memryx.UpsertResult;
import io.memryx.internal.collection.Contents.Arriving;
import io.memryx.internal.metadata.Utf8;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The way of a change into a collection: room is made sure of, it is logged, then it is made, in
 * the order of the log. So what searches find is as durable as the log promises, and what the log
 * refuses leaves no trace. Thread-safe.
 */
final class Changes {
  private final Contents contents;
  private final ChangeLog log;

  /** Shared by changes on their way; exclusive for what must know all that came before it. */
  private final ReadWriteLock way = new ReentrantReadWriteLock();

  Changes(Contents contents, ChangeLog log) {
    this.contents = contents;
    this.log = log;
  }

  /** Adds entries of distinct ids, in place of those that have the ids already. */
  UpsertResult upsert(Collection<EncodedEntry> entries) {
    Arriving arriving = Arriving.of(entries);
    way.readLock().lock();
    try {
      contents.promise(arriving);
      long sequence;
      try {
        sequence = log.append(new Change.Upsert(entries));
      } catch (RuntimeException | Error e) {
        contents.withdraw(arriving);
        throw e;
      }
      return contents.upsert(sequence, entries, arriving);
    } finally {
      way.readLock().unlock();
    }
  }

  /** Deletes the entries of these ids, as far as there are some; how many there were. */
  int delete(Collection<String> ids) {
    List<byte[]> encoded =
        ids.stream().distinct().filter(Changes::canBe).map(Changes::utf8).toList();
    way.readLock().lock();
    try {
      // What changes nothing need not be logged; but all or none: others may add some meanwhile.
      return contents.containsAny(encoded)
          ? contents.delete(log.append(new Change.Deletion(encoded)), encoded)
          : 0;
    } finally {
      way.readLock().unlock();
    }
  }

  /** Whether an entry may have this id. */
  private static boolean canBe(String id) {
    return !id.isEmpty() && id.length() <= Limits.MAX_ID_BYTES && Utf8.isEncodable(id);
  }

  private static byte[] utf8(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  /** Deletes the entries that pass; how many those are. */
  int delete(Filter filter) {
    // Others may write while fields are indexed and the generation is looked through; what is left
    // for the exclusive part are the hot buffers, if somebody did.
    Matches matches = Matches.of(contents.current(), filter);
    way.writeLock().lock();
    try {
      List<byte[]> ids = matches.asOf(contents.current()).ids();
      return ids.isEmpty() ? 0 : contents.delete(log.append(new Change.Deletion(ids)), ids);
    } finally {
      way.writeLock().unlock();
    }
  }

  /**
   * What is to be built: everything changed so far. Later changes go to another part of the log.
   */
  CollectionState freeze() {
    way.writeLock().lock();
    try {
      contents.requireUsable();
      log.rotate();
      return contents.freeze();
    } finally {
      way.writeLock().unlock();
    }
  }

  /** Ends the collection, when the changes on their way are made: none may come after its end. */
  void end(Runnable ending) {
    way.writeLock().lock();
    try {
      ending.run();
    } finally {
      way.writeLock().unlock();
    }
  }

  /** Makes a change again that the log has. */
  void replay(long sequence, Change change) {
    switch (change) {
      case Change.Upsert upsert -> {
        Arriving arriving = Arriving.of(upsert.entries());
        contents.promise(arriving);
        UpsertResult _ = contents.upsert(sequence, upsert.entries(), arriving);
      }
      case Change.Deletion deletion -> {
        int _ = contents.delete(sequence, deletion.ids());
      }
    }
  }
}
