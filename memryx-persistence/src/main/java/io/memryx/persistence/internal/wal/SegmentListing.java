package io.memryx.persistence.internal.wal;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.disk.StoreFiles.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The segments that lie in a collection's directory, as far as their headers tell. */
final class SegmentListing {
  private final Path directory;
  private final NavigableMap<Long, Listed> segments = new TreeMap<>();

  /**
   * A segment's file.
   *
   * @param header null if it is not whole
   * @param failure why not
   */
  record Listed(
      Path file,
      long number,
      long size,
      @Nullable SegmentHeader header,
      @Nullable PersistenceException failure) {

    /** Whether it may be the newest: nothing is ever written to a file before it has its size. */
    boolean isWhole() {
      return header != null && size > 0 && size % OpenSegment.STEP_BYTES == 0;
    }

    /** The header of one that has a sound one. */
    SegmentHeader soundHeader() {
      SegmentHeader sound = header;
      if (sound == null) {
        throw new IllegalArgumentException(file + " has no header");
      }
      return sound;
    }

    PersistenceException damage() {
      return failure != null
          ? failure
          : new CorruptSnapshotException(
              file.toString(),
              size,
              "it has %,d bytes, a log segment has a multiple of %,d: it was cut"
                  .formatted(size, OpenSegment.STEP_BYTES),
              null);
    }
  }

  private SegmentListing(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  static SegmentListing of(StoreFiles files, Path directory) throws IOException {
    var listing = new SegmentListing(directory);
    if (files.isDirectory(directory)) {
      for (Path file : files.list(directory)) {
        OptionalLong number = SegmentHeader.numberOf(String.valueOf(file.getFileName()));
        if (number.isPresent()) {
          listing.segments.put(number.getAsLong(), listed(files, file, number.getAsLong()));
        }
      }
    }
    return listing;
  }

  private static Listed listed(StoreFiles files, Path file, long number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
    long size;
    try (Source source = files.open(file)) {
      size = source.size();
      while (bytes.hasRemaining() && source.read(bytes, bytes.position()) > 0) {
        // until there is a header, or no more
      }
    }
    try {
      SegmentHeader header = SegmentHeader.decode(file.toString(), bytes.flip());
      if (header.number() != number) {
        throw new CorruptSnapshotException(
            file.toString(), 0, "it is segment %d by its header".formatted(header.number()), null);
      }
      return new Listed(file, number, size, header, null);
    } catch (CorruptSnapshotException | UnsupportedFormatException e) {
      return new Listed(file, number, size, null, e);
    }
  }

  /** Segments from a number on, in order. */
  NavigableMap<Long, Listed> from(long floor) {
    return segments.tailMap(floor, true);
  }

  /** The newest segment before a number whose file is whole, or null. */
  @Nullable Listed newestWholeBefore(long floor) {
    for (Listed listed : segments.headMap(floor, false).descendingMap().values()) {
      if (listed.isWhole()) {
        return listed;
      }
    }
    return null;
  }

  /** The highest number that a file has; 0 if there is none. */
  long newest() {
    return segments.isEmpty() ? 0 : segments.lastKey();
  }

  /** Forgets segments before a number; gives their files. */
  List<Path> forgetBefore(long number) {
    var before = segments.headMap(number, false);
    List<Path> files = new ArrayList<>();
    before.values().forEach(listed -> files.add(listed.file()));
    before.clear();
    return files;
  }

  /** A new one was made. */
  void add(Path file, SegmentHeader header) {
    segments.put(
        header.number(), new Listed(file, header.number(), OpenSegment.STEP_BYTES, header, null));
  }
}
