package io.memryx.persistence.internal.wal;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.StoreFiles.Source;
import io.memryx.persistence.internal.wal.ChangeDecoder.MalformedChangeException;
import io.memryx.persistence.internal.wal.ChangeDecoder.Payload;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.MalformedSnapshotException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment from its beginning, and decides at the first frame that is bad or missing
 * whether something durable is damaged there or a write was cut off. Not thread-safe.
 *
 * <p>In a segment that has a successor, frames must be sound up to where the successor says. In the
 * newest one, at offset o, it is damage if the file was cut (its size is no multiple of the step,
 * or no zeros follow the last frame), or if a later frame says that bytes behind o were durable, or
 * that there is a successor. Else what follows was never acknowledged.
 */
final class SegmentReader {
  /** What a segment's length is when no successor says it. */
  static final long NEWEST = -1;

  private final Path file;
  private final SegmentWindow window;
  private final FrameHeader.Checksum checksum;
  private final long afterSequence;
  private final ChangeSink sink;

  // What was read so far.
  private final List<Payload> payloads = new ArrayList<>();
  private long sequence;
  private long changes;
  private long end = SegmentHeader.BYTES;
  private boolean durable = true;
  private long successor;

  /** What takes the changes. */
  @FunctionalInterface
  interface ChangeSink {
    /** Takes a change, whose bytes are good until this returns. */
    void change(long sequence, Change change);
  }

  /**
   * What was found in a segment.
   *
   * @param lastSequence number of the last whole change before its end
   * @param changes number of changes that were given out
   * @param end where the last whole change ends
   * @param droppedBytes size of what lies behind it
   * @param durable whether all of it was forced by whoever wrote it
   * @param successor the segment that it says was begun after it; 0 if it says nothing
   */
  record Scan(
      long lastSequence,
      long changes,
      long end,
      long droppedBytes,
      boolean durable,
      long successor) {}

  /** Of a file whose header was read; changes up to a number are read and not given out. */
  SegmentReader(
      SegmentListing.Listed listed,
      SegmentHeader header,
      Source source,
      long afterSequence,
      ChangeSink sink) {
    this.file = listed.file();
    this.window = new SegmentWindow(source, listed.size());
    this.checksum = new FrameHeader.Checksum(header);
    this.afterSequence = afterSequence;
    this.sink = sink;
    this.sequence = header.baseSequence() - 1;
  }

  /**
   * Reads all of it.
   *
   * @param length valid bytes, or {@link #NEWEST}
   */
  Scan read(long length) throws IOException {
    long at = SegmentHeader.BYTES;
    while (at != length && successor == 0) {
      FrameHeader frame = frameAt(at);
      if (frame == null) {
        break;
      }
      take(frame, at);
      at += frame.storedBytes();
      if (length != NEWEST && at > length) {
        throw damage(at - frame.storedBytes(), "a frame crosses the segment's end at " + length);
      }
    }
    long dropped = 0;
    if (length == NEWEST && successor == 0) {
      dropped = requireTornTail(at);
    } else if (length != NEWEST && (at != length || !payloads.isEmpty())) {
      throw damage(
          at, "it is valid up to offset %d, but has no sound frame here".formatted(length));
    }
    return new Scan(sequence, changes, end, dropped, durable, successor);
  }

  /** Number of the last whole change that was read, also where reading ended with a failure. */
  long lastSequence() {
    return sequence;
  }

  /** Number of whole changes that were given out so far. */
  long changes() {
    return changes;
  }

  /** Where the last whole change that was read ends. */
  long end() {
    return end;
  }

  /** The frame at an offset, or null if it is bad or there is none. */
  private @Nullable FrameHeader frameAt(long at) throws IOException {
    if (at + FrameHeader.BYTES > window.size()) {
      return null;
    }
    int position = window.load(at, FrameHeader.BYTES);
    if (!FrameHeader.isAt(window.bytes(), position, at, checksum)) {
      return null;
    }
    FrameHeader frame = FrameHeader.decode(window.bytes(), position);
    if (at + frame.storedBytes() + OpenSegment.ZEROS_AFTER > window.size()) {
      throw damage(
          at,
          "a frame of %,d bytes begins here, but the file ends at %,d: it was cut"
              .formatted(frame.length(), window.size()));
    }
    position = window.load(at, frame.storedBytes());
    int payload = frame.storedBytes() - FrameHeader.BYTES;
    int crc = checksum.ofPayload(window.bytes(), position + FrameHeader.BYTES, payload);
    return crc == frame.payloadCrc() ? frame : null;
  }

  private void take(FrameHeader frame, long at) throws IOException {
    long expected = frame.type().isChange() ? sequence + 1 : sequence;
    if (frame.sequence() != expected) {
      throw damage(at, "change %d where %d was expected".formatted(frame.sequence(), expected));
    }
    switch (frame.type()) {
      case UPSERT, DELETION -> takePart(frame, at);
      case MARKER -> {
        requireNoPart(at);
        durable = frame.durableUpTo() == at;
      }
      case SEAL -> {
        requireNoPart(at);
        int position = window.load(at, FrameHeader.BYTES + Long.BYTES);
        successor = window.bytes().getLong(position + FrameHeader.BYTES);
      }
    }
  }

  private void requireNoPart(long at) {
    if (!payloads.isEmpty()) {
      throw damage(at, "change %d has no end".formatted(sequence + 1));
    }
  }

  private void takePart(FrameHeader frame, long at) throws IOException {
    durable = false;
    int from = window.load(at, frame.storedBytes()) + FrameHeader.BYTES;
    var payload =
        new Payload(window.bytes().array(), from, from + frame.length() - FrameHeader.BYTES);
    boolean wanted = frame.sequence() > afterSequence;
    if (!frame.end()) {
      payloads.add(wanted ? payload.copy() : Payload.EMPTY);
      return;
    }
    payloads.add(payload);
    if (wanted) {
      give(frame.type(), at);
      changes++;
    }
    payloads.clear();
    sequence++;
    end = at + frame.storedBytes();
  }

  private void give(FrameType type, long at) {
    try {
      sink.change(sequence + 1, ChangeDecoder.decode(type, payloads));
    } catch (MalformedChangeException | MalformedSnapshotException e) {
      throw new CorruptSnapshotException(
          file.toString(), at, "change %d: %s".formatted(sequence + 1, e.getMessage()), e);
    }
  }

  // ---- the recovery rule

  /** Decides about what follows the last sound frame; gives the size of what is dropped. */
  private long requireTornTail(long at) throws IOException {
    long size = window.size();
    if (at + OpenSegment.ZEROS_AFTER > size || longAt(size - Long.BYTES) != 0) {
      throw damage(
          at, "no zeros follow the last frame, the file ends at %,d: it was cut".formatted(size));
    }
    long last = at;
    for (long offset = at; offset + FrameHeader.BYTES <= size; ) {
      int loaded = window.load(offset, FrameHeader.BYTES);
      ByteBuffer bytes = window.bytes();
      int until = bytes.limit() - FrameHeader.BYTES;
      for (; loaded <= until; loaded += FrameHeader.ALIGNMENT, offset += FrameHeader.ALIGNMENT) {
        if (bytes.getLong(loaded) != 0) {
          last = offset + Long.BYTES;
        }
        if (offset > at && bytes.getLong(loaded + FrameHeader.TYPE_WORD_OFFSET) != 0) {
          requireNotLater(bytes, loaded, offset, at);
        }
      }
    }
    return last - (payloads.isEmpty() ? at : end);
  }

  private long longAt(long offset) throws IOException {
    return window.bytes().getLong(window.load(offset, Long.BYTES));
  }

  private void requireNotLater(ByteBuffer bytes, int loaded, long offset, long at) {
    if (FrameHeader.isAt(bytes, loaded, offset, checksum)) {
      FrameHeader later = FrameHeader.decode(bytes, loaded);
      if (later.durableUpTo() > at || later.type() == FrameType.SEAL) {
        throw damage(
            at,
            "no sound frame, but the frame at %d was written when this was durable"
                .formatted(offset));
      }
    }
  }

  private CorruptSnapshotException damage(long offset, String what) {
    return new CorruptSnapshotException(
        file.toString(),
        offset,
        "%s; a repair would drop all changes from %d on".formatted(what, sequence + 1),
        null);
  }
}
