package io.memryx.persistence.internal.wal;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.disk.StoreFiles.Extent;
import io.memryx.persistence.internal.disk.StoreFiles.Source;
import io.memryx.persistence.internal.wal.SegmentListing.Listed;
import io.memryx.persistence.internal.wal.SegmentReader.ChangeSink;
import io.memryx.persistence.internal.wal.SegmentReader.Scan;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A way through the segments of a log, from where a snapshot ends to the last change. Each segment
 * names the one before it; what nobody names, and is no whole segment, is a creation that was cut
 * off: whatever was logged in a segment, it was named before. Not thread-safe.
 */
final class LogWalk {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final StoreFiles files;
  private final SegmentListing listing;
  private final UUID chain;
  private final Position from;
  private final Map<SegmentHeader, Long> lengths = new LinkedHashMap<>();
  private SegmentEnd end = SegmentEnd.NONE;
  private @Nullable Listed unforced;

  LogWalk(StoreFiles files, SegmentListing listing, UUID chain, Position from) {
    this.files = files;
    this.listing = listing;
    this.chain = chain;
    this.from = from;
  }

  /** The segments that were read, and how many bytes of each are valid. */
  Map<SegmentHeader, Long> lengths() {
    return lengths;
  }

  /** How far the newest segment is valid. */
  SegmentEnd end() {
    return end;
  }

  /** Reads them all; gives out the changes after the snapshot. */
  Replayed read(ChangeSink sink) throws IOException {
    List<Listed> segments = segments();
    long last = from.afterSequence();
    long changes = 0;
    long dropped = 0;
    for (int i = 0; i < segments.size(); i++) {
      Listed segment = segments.get(i);
      requireNoGap(segment, i == 0 ? 0 : last);
      boolean newest = i == segments.size() - 1;
      long length =
          newest ? SegmentReader.NEWEST : segments.get(i + 1).soundHeader().previous().length();
      Scan scan = scan(segment, length, sink);
      lengths.put(segment.soundHeader(), scan.end());
      last = scan.lastSequence();
      changes += scan.changes();
      dropped = scan.droppedBytes();
      if (newest) {
        requireNoSuccessor(segment, scan);
        end = new SegmentEnd(segment.soundHeader().number(), scan.end());
        unforced = scan.durable() ? null : segment;
      }
    }
    if (segments.isEmpty()) {
      findEndBefore();
    }
    return new Replayed(changes, Math.max(last, from.afterSequence()), dropped);
  }

  /**
   * Where no segment is needed, an older generation may still need those before: the next segment
   * must follow the last of these. Damage there costs this generation nothing.
   */
  private void findEndBefore() throws IOException {
    Listed before = listing.newestWholeBefore(Math.max(1, from.floor()));
    if (before == null || !before.soundHeader().chain().equals(chain)) {
      return;
    }
    try (Source source = files.open(before.file())) {
      Scan scan =
          new SegmentReader(
                  before, before.soundHeader(), source, Long.MAX_VALUE, (sequence, change) -> {})
              .read(SegmentReader.NEWEST);
      requireNoSuccessor(before, scan);
      end = new SegmentEnd(before.number(), scan.end());
      unforced = scan.durable() ? null : before;
    } catch (CorruptSnapshotException | EOFException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "an older generation can''t be fallen back to: {0}",
          e.getMessage());
    }
  }

  /** The newest whole one was sealed, so the one after it was whole, too. */
  private void requireNoSuccessor(Listed newest, Scan scan) {
    if (scan.successor() != 0) {
      Listed successor = listing.from(scan.successor()).get(scan.successor());
      throw successor == null
          ? missing(scan.successor(), newest.file() + " says that it follows")
          : successor.damage();
    }
  }

  private Scan scan(Listed segment, long length, ChangeSink sink) throws IOException {
    if (length > segment.size()) {
      throw damage(
          segment,
          segment.size(),
          "it ends here, but was valid up to offset %d: it was cut".formatted(length));
    }
    try (Source source = files.open(segment.file())) {
      return new SegmentReader(segment, segment.soundHeader(), source, from.afterSequence(), sink)
          .read(length);
    } catch (EOFException e) {
      throw damage(segment, 0, "it became shorter while it was read: " + e.getMessage());
    }
  }

  /** Changes that a snapshot holds may be missing: a power cut can take what was not forced. */
  private void requireNoGap(Listed segment, long last) {
    long base = segment.soundHeader().baseSequence();
    boolean held = base > last && base <= from.afterSequence() + 1;
    if (base != last + 1 && !held) {
      throw damage(
          segment, 0, "it begins with change %d, %d was expected".formatted(base, last + 1));
    }
  }

  // ---- which segments

  private List<Listed> segments() {
    NavigableMap<Long, Listed> there = listing.from(Math.max(1, from.floor()));
    there.values().forEach(LogWalk::requireKnownFormat);
    Deque<Listed> way = new ArrayDeque<>();
    Listed next = newestWhole(there);
    while (next != null) {
      way.addFirst(next);
      next = before(next, there);
    }
    for (Listed each : there.values()) {
      if (!way.contains(each) && each.isWhole()) {
        throw damage(each, 0, "it is whole, but no later segment follows it");
      }
    }
    return new ArrayList<>(way);
  }

  private static void requireKnownFormat(Listed listed) {
    if (listed.failure() instanceof UnsupportedFormatException e) {
      throw e;
    }
  }

  private @Nullable Listed newestWhole(NavigableMap<Long, Listed> there) {
    long named = from.newestNamed();
    for (Listed each : there.descendingMap().values()) {
      if (each.isWhole()) {
        requireNamedIsThere(named, each.number());
        return each;
      }
      if (each.number() <= named) {
        throw each.damage();
      }
    }
    requireNamedIsThere(named, 0);
    return null;
  }

  private void requireNamedIsThere(long named, long newest) {
    if (named >= Math.max(1, from.floor()) && newest < named) {
      throw missing(named, "a manifest names it");
    }
  }

  private @Nullable Listed before(Listed segment, NavigableMap<Long, Listed> there) {
    SegmentHeader header = segment.soundHeader();
    if (!header.chain().equals(chain)) {
      throw damage(segment, 0, "it belongs to the log %s, not %s".formatted(header.chain(), chain));
    }
    long number = header.previous().number();
    if (number < Math.max(1, from.floor())) {
      return null;
    }
    Listed before = there.get(number);
    if (before == null || number >= header.number()) {
      throw missing(number, segment.file() + " follows it");
    }
    if (before.header() == null) {
      throw before.damage();
    }
    return before;
  }

  private CorruptSnapshotException missing(long number, String why) {
    return new CorruptSnapshotException(
        listing.directory().resolve(SegmentHeader.fileName(number)).toString(),
        0,
        "it is missing: " + why,
        null);
  }

  private static CorruptSnapshotException damage(Listed segment, long offset, String what) {
    return new CorruptSnapshotException(segment.file().toString(), offset, what, null);
  }

  // ---- after reading

  /**
   * Makes durable what was read: it may have been written by a process that ended before it forced
   * it, and from now on it is shown to others, and the next segment says that it is valid.
   */
  void forceEnd(Storage storage) throws IOException {
    Listed segment = unforced;
    if (segment != null) {
      try (Extent extent = files.openExtent(segment.file())) {
        extent.forceSize();
      } catch (IOException e) {
        throw storage.failed(segment.file(), e);
      }
    }
  }
}
