package io.memryx.persistence.internal.wal;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.UnopenedException;
import io.memryx.snapshot.Change;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of one collection's log, where it is written. Used by the log's thread only. */
final class LogTail {
  private static final int SEAL_PAYLOAD_BYTES = Long.BYTES;

  private final CollectionLog log;
  private final Storage storage;
  private final OpenFiles openFiles;
  private final Frames frames;
  private long lastSequence;
  private SegmentEnd previous;
  private @Nullable OpenSegment current;

  /** Durable, but not claimed yet, or the one before not sealed. */
  private @Nullable OpenSegment prepared;

  private boolean claimed;
  private boolean closed;

  /** Whether a marker says of the last frame that it is durable. */
  private boolean marked = true;

  /**
   * Of a log as it was found.
   *
   * @param previous how far the newest segment is valid
   */
  LogTail(CollectionLog log, LogWriter writer, long lastSequence, SegmentEnd previous) {
    this.log = log;
    this.storage = writer.storage();
    this.openFiles = writer.openFiles();
    this.frames = new Frames(writer.buffer(), writer.encoder());
    this.lastSequence = lastSequence;
    this.previous = previous;
  }

  /** Refuses to go on if the log has ended. */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the log of %s has ended".formatted(log.directory()));
    }
  }

  /**
   * Writes changes; they are not forced. When it throws, none of them was ever there, or nothing is
   * written any more.
   *
   * @return the number of the first
   */
  long write(List<Change> changes) {
    requireOpen();
    storage.requireNotEnded(); // The lock is looked at before anything is answered.
    OpenSegment segment = writable();
    var before = new Place(segment.end(), lastSequence);
    try {
      append(changes, segment, before);
      return before.sequence() + 1;
    } catch (Error e) {
      if (segment.isAt(before.end())) { // Such as no memory for a frame: nothing was written.
        frames.clear();
        lastSequence = before.sequence();
      } else {
        storage.endWriting(e);
      }
      throw e;
    }
  }

  /** Where a segment ended, and with which change. */
  private record Place(long end, long sequence) {}

  private void append(List<Change> changes, OpenSegment segment, Place before) {
    try {
      for (Change change : changes) {
        frames.encode(change, segment, lastSequence + 1);
        lastSequence++;
      }
      frames.flush(segment);
      marked = false;
      log.grown(segment, lastSequence);
    } catch (PersistenceException e) {
      throw e; // Nobody knows what is there: it is not touched again.
    } catch (RuntimeException e) {
      takeBack(segment, before);
      throw e;
    } catch (IOException e) {
      if (!StorageFullException.isSaidBy(e)) {
        throw storage.failed(segment.file(), e);
      }
      takeBack(segment, before);
      throw storage.unwritable(log.directory(), OpenSegment.STEP_BYTES, e);
    }
  }

  private void takeBack(OpenSegment segment, Place before) {
    frames.clear();
    lastSequence = before.sequence();
    try {
      segment.cutOff(before.end());
    } catch (IOException e) {
      throw storage.failed(segment.file(), e);
    }
  }

  private OpenSegment writable() {
    OpenSegment open = current;
    if (open == null || open.isOver() || prepared != null) {
      storage.requireWritable();
      return advance();
    }
    try {
      open.open();
    } catch (IOException e) {
      throw storage.unwritable(log.directory(), 0, e);
    } catch (Error e) { // Another file may have been forced to be closed.
      storage.endWriting(e);
      throw e;
    }
    return open;
  }

  /** Begins a new segment, if there is a change in the current one. */
  void rotate() {
    storage.requireWritable();
    OpenSegment open = current;
    if (open != null && open.hasFrames()) {
      advance();
    }
  }

  /** The next segment says how far this one is valid, so this one is forced before. */
  private OpenSegment advance() {
    try {
      OpenSegment before = current;
      if (before != null) {
        before.open();
        before.force();
        previous = new SegmentEnd(before.header().number(), before.end());
      }
      OpenSegment next = prepared;
      if (next == null) {
        if (before == null) {
          OpenSegment.settle(storage, log.directory(), previous);
        }
        next = OpenSegment.create(storage, openFiles, log.directory(), nextHeader());
        prepared = next;
        log.began(next.header());
      }
      next.nameDurably();
      if (!claimed) {
        claim(next);
      }
      if (before != null) {
        seal(before, next.header().number());
      }
      current = next;
      prepared = null;
      marked = true;
      return next;
    } catch (IOException e) {
      throw storage.unwritable(log.directory(), OpenSegment.STEP_BYTES, e);
    } catch (Error e) { // Nobody knows how far it came.
      storage.endWriting(e);
      throw e;
    }
  }

  /** A collection that is gone keeps no segment: without manifests, nobody would know whose. */
  private void claim(OpenSegment next) throws IOException {
    try {
      log.claim(next.header().number());
      claimed = true;
    } catch (IllegalStateException e) {
      closed = true;
      prepared = null;
      removeUnclaimed(next, e);
      throw e;
    }
  }

  /** Should it come back, the rest of the removed collection is removed with its directory. */
  private static void removeUnclaimed(OpenSegment next, IllegalStateException reason) {
    try {
      next.remove();
    } catch (UnopenedException e) {
      reason.addSuppressed(e);
    }
  }

  private SegmentHeader nextHeader() {
    long salt = storage.newUuid().getLeastSignificantBits();
    return new SegmentHeader(log.chain(), log.nextNumber(), salt, lastSequence + 1, previous);
  }

  /** Says that there is a next one: should that be missing later, it is missed. */
  private void seal(OpenSegment segment, long next) throws IOException {
    frames.begin(segment, lastSequence);
    frames.begin(SEAL_PAYLOAD_BYTES).putLong(next);
    frames.end(SEAL_PAYLOAD_BYTES, FrameType.SEAL, false);
    try {
      frames.flush(segment);
    } catch (IOException e) {
      frames.clear();
      if (StorageFullException.isSaidBy(e)) {
        throw e; // Tried again before the next change; what is there in part is overwritten.
      }
      throw storage.failed(segment.file(), e);
    }
    segment.force();
    segment.closeFile();
  }

  /** Makes all frames durable. */
  void force() {
    OpenSegment open = current;
    if (open != null) {
      try {
        open.force();
      } catch (IOException e) {
        throw storage.failed(open.file(), e);
      }
    }
  }

  /**
   * Says of the last frames that they are durable, if they are. Not forced: if it is lost, nothing
   * is lost with it.
   */
  void mark() {
    OpenSegment open = current;
    if (open == null || prepared != null || marked || open.isOver()) {
      return;
    }
    if (open.forcedTo() < open.end()) {
      return;
    }
    marked = true;
    try {
      open.open();
    } catch (IOException e) {
      return; // The mark is missed: then damage to the last frames may be taken for a torn tail.
    }
    try {
      frames.begin(open, lastSequence);
      frames.begin(0);
      frames.end(0, FrameType.MARKER, false);
      frames.flush(open);
    } catch (IOException e) {
      frames.clear();
      if (!StorageFullException.isSaidBy(e)) {
        throw storage.failed(open.file(), e);
      }
    }
  }

  /** Gives its files back; nothing is written any more. */
  void close() {
    closed = true;
    for (OpenSegment open : new @Nullable OpenSegment[] {current, prepared}) {
      if (open != null) {
        open.closeFile();
      }
    }
  }

  CollectionLog log() {
    return log;
  }

  /** Puts the frames of a change one after the other, at the end of a segment. */
  private static final class Frames implements ChangeEncoder.Frames {
    private final FrameBuffer buffer;
    private final ChangeEncoder encoder;
    private @Nullable OpenSegment segment;
    private long sequence;

    Frames(FrameBuffer buffer, ChangeEncoder encoder) {
      this.buffer = buffer;
      this.encoder = encoder;
    }

    void begin(OpenSegment target, long number) {
      segment = target;
      sequence = number;
    }

    void encode(Change change, OpenSegment target, long number) throws IOException {
      begin(target, number);
      encoder.encode(change, this);
    }

    private OpenSegment target() {
      OpenSegment target = segment;
      if (target == null) {
        throw new IllegalStateException("no segment was begun");
      }
      return target;
    }

    @Override
    public ByteBuffer begin(int payloadBytes) throws IOException {
      return buffer.begin(payloadBytes, target()::write);
    }

    @Override
    public MemorySegment memory() {
      return buffer.memory();
    }

    @Override
    public void end(int payloadBytes, FrameType type, boolean end) {
      buffer.end(
          payloadBytes,
          new FrameBuffer.Next(target().end(), sequence, target().forcedTo(), type, end),
          target().checksum());
    }

    void flush(OpenSegment target) throws IOException {
      buffer.flush(target::write);
    }

    void clear() {
      buffer.clear();
    }
  }
}
