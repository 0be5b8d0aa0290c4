package io.memryx.persistence.internal.wal;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.disk.StoreFiles.Source;
import io.memryx.persistence.internal.wal.SegmentListing.Listed;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a log after a snapshot: a look that changes nothing. Beside the log's writer it may
 * find damage where there is only a write under way; looking again does not find the same then.
 *
 * @param segments those with sound changes or none, in order
 * @param changes number of sound changes after the snapshot
 * @param lastSequence the last of them; the snapshot's last one if there is none
 * @param droppedBytes size of what was being written when the writer ended, or is being written
 * @param damage why what follows can't be read; empty if nothing does
 * @param unreadable number of changes that were seen behind the damage, or that later segments say
 *     were there
 */
public record LogSurvey(
    List<Segment> segments,
    long changes,
    long lastSequence,
    long droppedBytes,
    Optional<PersistenceException> damage,
    long unreadable) {

  /** Copies the list. */
  public LogSurvey {
    segments = List.copyOf(segments);
  }

  /**
   * One segment.
   *
   * @param file its name
   * @param number its number
   * @param bytes valid bytes, from its beginning on
   */
  public record Segment(String file, long number, long bytes) {
    private Segment of(long validBytes) {
      return new Segment(file, number, validBytes);
    }
  }

  /** Looks at the log in a collection's directory. */
  public static LogSurvey of(StoreFiles files, Path directory, UUID chain, Position from)
      throws IOException {
    SegmentListing listing = SegmentListing.of(files, directory);
    var walk = new LogWalk(files, listing, chain, from);
    try {
      Replayed replayed = walk.read((sequence, change) -> {});
      return new LogSurvey(
          segments(walk.lengths()),
          replayed.changes(),
          replayed.lastSequence(),
          replayed.droppedBytes(),
          Optional.empty(),
          0);
    } catch (CorruptSnapshotException | UnsupportedFormatException e) {
      var prefix = new Prefix(files, listing, chain, from);
      prefix.read();
      return prefix.survey(e);
    }
  }

  private static List<Segment> segments(Map<SegmentHeader, Long> lengths) {
    List<Segment> segments = new ArrayList<>();
    for (var entry : lengths.entrySet()) {
      SegmentHeader header = entry.getKey();
      if (!segments.isEmpty()) {
        // It may end with more than its last change.
        segments.add(segments.removeLast().of(header.previous().length()));
      }
      segments.add(
          new Segment(SegmentHeader.fileName(header.number()), header.number(), entry.getValue()));
    }
    return segments;
  }

  /** What can be read of a damaged log, from its beginning on. */
  private static final class Prefix {
    private final StoreFiles files;
    private final List<Listed> whole = new ArrayList<>();
    private final UUID chain;
    private final Position from;
    private final List<Segment> segments = new ArrayList<>();
    private long changes;
    private long last;
    private long seen;

    Prefix(StoreFiles files, SegmentListing listing, UUID chain, Position from) {
      this.files = files;
      this.chain = chain;
      this.from = from;
      this.last = from.afterSequence();
      for (Listed each : listing.from(Math.max(1, from.floor())).values()) {
        if (each.isWhole()) {
          whole.add(each);
        }
      }
    }

    /** Goes on as long as each segment follows the one before, and is sound. */
    void read() throws IOException {
      @Nullable SegmentHeader before = null;
      boolean sound = true;
      for (int i = 0; i < whole.size(); i++) {
        Listed listed = whole.get(i);
        SegmentHeader header = listed.soundHeader();
        seen = Math.max(seen, header.baseSequence() - 1);
        sound = sound && header.chain().equals(chain) && follows(header, before);
        if (sound) {
          sound =
              readSegment(
                  listed, header, i + 1 < whole.size() ? whole.get(i + 1).soundHeader() : null);
        }
        if (!sound) {
          lookThrough(listed, header);
        }
        before = header;
      }
    }

    private boolean follows(SegmentHeader header, @Nullable SegmentHeader before) {
      if (before != null) {
        return header.previous().number() == before.number() && header.baseSequence() <= last + 1;
      }
      return header.previous().number() < Math.max(1, from.floor())
          && header.baseSequence() <= last + 1;
    }

    /** Whether all of it was sound. */
    private boolean readSegment(Listed listed, SegmentHeader header, @Nullable SegmentHeader after)
        throws IOException {
      boolean named = after != null && after.previous().number() == header.number();
      long length = named && after != null ? after.previous().length() : SegmentReader.NEWEST;
      try (Source source = files.open(listed.file())) {
        var reader =
            new SegmentReader(
                listed, header, source, from.afterSequence(), (sequence, change) -> {});
        boolean sound = true;
        try {
          reader.read(length);
        } catch (CorruptSnapshotException | EOFException e) {
          sound = false;
        }
        changes += reader.changes();
        last = Math.max(last, reader.lastSequence());
        segments.add(
            new Segment(SegmentHeader.fileName(header.number()), header.number(), reader.end()));
        return sound && named;
      }
    }

    /** Notes the last change that a frame is of, sound or not. */
    private void lookThrough(Listed listed, SegmentHeader header) throws IOException {
      try (Source source = files.open(listed.file())) {
        var window = new SegmentWindow(source, listed.size());
        var checksum = new FrameHeader.Checksum(header);
        long offset = SegmentHeader.BYTES;
        while (offset + FrameHeader.BYTES <= listed.size()) {
          int at = window.load(offset, FrameHeader.BYTES);
          ByteBuffer bytes = window.bytes();
          if (bytes.getLong(at + FrameHeader.TYPE_WORD_OFFSET) != 0
              && FrameHeader.isAt(bytes, at, offset, checksum)) {
            seen = Math.max(seen, FrameHeader.decode(bytes, at).sequence());
          }
          offset += FrameHeader.ALIGNMENT;
        }
      }
    }

    LogSurvey survey(PersistenceException damage) {
      return new LogSurvey(
          segments, changes, last, 0, Optional.of(damage), Math.max(0, seen - last));
    }
  }
}
