package io.memryx.persistence.internal.wal;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.SnapshotAssembler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One collection's log: the segments in its directory. Thread-safe.
 *
 * <p>Use: {@link #open}, {@link #replay} once, then appends.
 */
public final class CollectionLog implements ChangeLog {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final LogWriter writer;
  private final Path directory;
  private final UUID chain;
  private final Claim claim;

  // Guarded by this.
  private final SegmentListing found;
  private final NavigableMap<Long, Known> segments = new TreeMap<>();
  private @Nullable LogTail tail;
  private long nextNumber;
  private long lastSequence;
  private long heldSequence;
  private boolean begun;
  private boolean ended;

  /** What is known of a segment: the first change that it can hold, and the bytes of its frames. */
  private record Known(long baseSequence, long bytes) {}

  private CollectionLog(LogWriter writer, Path directory, UUID chain, Claim claim)
      throws IOException {
    this.writer = writer;
    this.directory = directory;
    this.chain = chain;
    this.claim = claim;
    this.found = SegmentListing.of(writer.storage().files(), directory);
  }

  /**
   * Finds the log in a collection's directory; reads headers only.
   *
   * @param chain the chain of generations that the log must belong to
   * @param claim asked before the first change of this opening
   */
  public static CollectionLog open(LogWriter writer, Path directory, UUID chain, Claim claim)
      throws IOException {
    return new CollectionLog(writer, directory, chain, claim);
  }

  /**
   * Makes the changes again that come after a snapshot. Called once, before anything else, also
   * where there is nothing to replay. Afterwards everything that was replayed is durable. Not to be
   * interrupted.
   *
   * @param target takes them; not asked if there are none
   * @throws io.memryx.persistence.CorruptSnapshotException if something that was durable is damaged
   *     or missing
   */
  public synchronized Replayed replay(Position from, SnapshotAssembler target) throws IOException {
    if (tail != null) {
      throw new IllegalStateException("the log of %s was replayed already".formatted(directory));
    }
    Storage storage = writer.storage();
    var walk = new LogWalk(storage.files(), found, chain, from);
    Replayed replayed = walk.read(target::replay);
    report(replayed, walk.end());
    walk.forceEnd(storage);
    walk.lengths().forEach(this::note);
    nextNumber = Math.max(Math.max(found.newest(), from.newestNamed()), from.floor() - 1) + 1;
    lastSequence = replayed.lastSequence();
    heldSequence = from.afterSequence();
    tail = new LogTail(this, writer, lastSequence, walk.end());
    return replayed;
  }

  private void report(Replayed replayed, SegmentEnd end) {
    if (replayed.droppedBytes() > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0}: {1} bytes from offset {2} on are dropped: they are of no acknowledged change, but of a"
              + " write that was cut off or refused",
          directory.resolve(SegmentHeader.fileName(end.number())),
          Long.toString(replayed.droppedBytes()),
          Long.toString(end.length()));
    }
  }

  private void note(SegmentHeader segment, long length) {
    segments.put(segment.number(), new Known(segment.baseSequence(), length - SegmentHeader.BYTES));
  }

  private synchronized LogTail tail() {
    if (ended) {
      throw new IllegalStateException("the collection of %s was dropped".formatted(directory));
    }
    LogTail open = tail;
    if (open == null) {
      throw new IllegalStateException("the log of %s was not replayed yet".formatted(directory));
    }
    return open;
  }

  @Override
  public long append(Change change) {
    return writer.ask(new Request.Append(tail(), change));
  }

  @Override
  public void rotate() {
    LogTail open = tail();
    if (isBegun()) {
      writer.ask(new Request.Rotation(open));
    }
  }

  private synchronized boolean isBegun() {
    return begun;
  }

  /**
   * Notes that a snapshot is durable that holds everything up to a change: what {@link #bytes}
   * counts begins after it.
   */
  public synchronized void snapshotHolds(long sequence) {
    heldSequence = Math.max(heldSequence, sequence);
  }

  /** Counts whole segments: those that may hold a change after the newest durable snapshot. */
  @Override
  public synchronized long bytes() {
    return segments.tailMap(floorAfter(heldSequence)).values().stream()
        .mapToLong(Known::bytes)
        .sum();
  }

  /**
   * Reads a log that somebody else may be writing, and changes nothing.
   *
   * @throws io.memryx.persistence.CorruptSnapshotException if something that was durable is damaged
   *     or missing
   */
  public static Replayed check(StoreFiles files, Path directory, UUID chain, Position from)
      throws IOException {
    var walk = new LogWalk(files, SegmentListing.of(files, directory), chain, from);
    return walk.read((sequence, change) -> {});
  }

  /** Size of a segment's file whose frames end so far from its beginning. */
  public static long fileBytes(long validBytes) {
    return Math.ceilDiv(validBytes + OpenSegment.ZEROS_AFTER, (long) OpenSegment.STEP_BYTES)
        * OpenSegment.STEP_BYTES;
  }

  /** The first segment that may hold a change after this one; may not be there yet. */
  public synchronized long floorAfter(long sequence) {
    if (!begun && sequence >= lastSequence) {
      return nextNumber;
    }
    long floor = segments.isEmpty() ? nextNumber : segments.firstKey();
    for (var segment : segments.entrySet()) {
      if (segment.getValue().baseSequence() <= sequence + 1) {
        floor = segment.getKey();
      }
    }
    return floor;
  }

  /** The newest segment that is there; 0 if there is none. */
  public synchronized long newestSegment() {
    return segments.isEmpty() ? 0 : segments.lastKey();
  }

  /** Number of the last change that was logged. */
  public synchronized long lastSequence() {
    return lastSequence;
  }

  /**
   * Deletes segments that nothing needs any more, without making that durable.
   *
   * @param segment the first to stay; none that is written is deleted
   */
  public void deleteBefore(long segment) throws IOException {
    for (Path file : forgetBefore(segment)) {
      writer.storage().files().delete(file);
    }
  }

  private synchronized Iterable<Path> forgetBefore(long segment) {
    long limit = begun ? Math.min(segment, segments.lastKey()) : segment;
    segments.headMap(limit).clear();
    return found.forgetBefore(limit);
  }

  /**
   * The collection was dropped: appends are refused, and no file is open any more. Whatever an
   * append under way was writing is there before this returns. A failure is reported only: it
   * changes nothing about the drop.
   */
  public void end() {
    LogTail open;
    synchronized (this) {
      ended = true;
      open = tail;
    }
    if (open != null) {
      try {
        writer.ask(new Request.Ending(open));
      } catch (PersistenceException | IllegalStateException e) {
        LOG.log(System.Logger.Level.WARNING, "{0} may stay open: {1}", directory, e.getMessage());
      }
    }
  }

  // ---- for the tail

  Path directory() {
    return directory;
  }

  UUID chain() {
    return chain;
  }

  void claim(long segment) throws IOException {
    claim.claim(segment);
  }

  synchronized long nextNumber() {
    return nextNumber;
  }

  /** A segment is there. */
  synchronized void began(SegmentHeader segment) {
    begun = true;
    nextNumber = segment.number() + 1;
    note(segment, SegmentHeader.BYTES);
    found.add(directory.resolve(SegmentHeader.fileName(segment.number())), segment);
  }

  /** Changes were written. */
  synchronized void grown(OpenSegment segment, long last) {
    lastSequence = last;
    note(segment.header(), segment.end());
  }
}
