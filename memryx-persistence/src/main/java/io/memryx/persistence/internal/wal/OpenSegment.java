package io.memryx.persistence.internal.wal;

import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.disk.StoreFiles.Extent;
import io.memryx.persistence.internal.disk.UnopenedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A segment that is being written. Its size is always a multiple of {@link #STEP_BYTES}, forced
 * before anything is written there, and zeros follow the last frame: so a file that somebody cut is
 * known as cut, wherever that was. Used by the log's thread only.
 */
final class OpenSegment {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  /** The file grows in multiples of this. */
  static final int STEP_BYTES = 1 << 16;

  /** At least so many zero bytes follow the last frame. */
  static final int ZEROS_AFTER = 8;

  /** A longer step costs no space, for it is a hole, but each costs a force. */
  private static final long MAX_STEP_BYTES = 16 << 20;

  private final Storage storage;
  private final OpenFiles openFiles;
  private final Path file;
  private final SegmentHeader header;
  private final FrameHeader.Checksum checksum;
  private @Nullable Extent extent;
  private long size;
  private long end = SegmentHeader.BYTES;
  private long forcedTo;
  private boolean over;

  /** Whether the file's name is durable. */
  private boolean named;

  /** Where the last byte that was written ends, whether it counts or not. */
  private long writtenTo;

  private OpenSegment(Storage storage, OpenFiles openFiles, Path file, SegmentHeader header) {
    this.storage = storage;
    this.openFiles = openFiles;
    this.file = file;
    this.header = header;
    this.checksum = new FrameHeader.Checksum(header);
  }

  /**
   * Makes a segment durable that was found without frames: whoever began it may have been killed
   * before it was, and a power cut may still take what the next segment says is there.
   *
   * @param found the newest that was found; one with frames was durable before they were written
   */
  static void settle(Storage storage, Path directory, SegmentEnd found) throws IOException {
    if (found.number() == 0 || found.length() > SegmentHeader.BYTES) {
      return;
    }
    Path file = directory.resolve(SegmentHeader.fileName(found.number()));
    try (Extent extent = storage.files().openExtent(file)) {
      forceSize(storage, file, extent);
    } catch (NoSuchFileException e) {
      return; // A build found that nothing needs it any more.
    }
    storage.syncDirectory(directory);
  }

  private static void forceSize(Storage storage, Path file, Extent extent) {
    try {
      extent.forceSize();
    } catch (IOException e) {
      throw storage.failed(file, e);
    }
  }

  /**
   * Makes a segment that has no frames yet, durably but for its name if that can't be tried: to be
   * followed by {@link #nameDurably}. When it throws, there is no such segment.
   */
  static OpenSegment create(
      Storage storage, OpenFiles openFiles, Path directory, SegmentHeader header) {
    Path file = directory.resolve(SegmentHeader.fileName(header.number()));
    var segment = new OpenSegment(storage, openFiles, file, header);
    try {
      storage.files().create(file).close();
    } catch (FileAlreadyExistsException e) {
      throw storage.fenced(file, e);
    } catch (IOException e) {
      throw storage.unwritable(directory, STEP_BYTES, e);
    }
    try {
      segment.writeHeader();
      segment.nameDurably();
      return segment;
    } catch (UnopenedException e) {
      return segment; // Named before it is used; a sync that failed throws the file away, here.
    } catch (IOException e) {
      if (segment.extent != null && !StorageFullException.isSaidBy(e)) {
        throw storage.failed(file, e);
      }
      segment.takeBack();
      throw storage.unwritable(directory, STEP_BYTES, e);
    }
  }

  /**
   * Removes a file that is of no use, so that its number can be used again. An empty one may come
   * back: it is taken for a creation that was cut off. One with a header may not: it would end the
   * segment before it, where that goes on.
   */
  private void takeBack() {
    try {
      if (writtenTo == 0) {
        closeFile();
        storage.files().delete(file);
      } else {
        remove();
      }
    } catch (IOException e) {
      throw storage.failed(file, e);
    }
  }

  private void writeHeader() throws IOException {
    Extent target = extent();
    target.setSize(STEP_BYTES);
    size = STEP_BYTES;
    writeAll(header.encode(), 0);
    target.forceSize();
    forcedTo = end;
  }

  /**
   * Makes the name durable, if it is not: to be called before the segment is used.
   *
   * @throws UnopenedException if that can't be tried: later it may be
   */
  void nameDurably() throws IOException {
    if (!named) {
      storage.syncDirectory(Objects.requireNonNull(file.getParent()));
      named = true;
    }
  }

  /**
   * Removes a segment before anything was logged in it.
   *
   * @throws UnopenedException if it is gone, but may come back after a power cut
   */
  void remove() throws UnopenedException {
    closeFile();
    try {
      storage.files().delete(file);
      storage.files().syncDirectory(Objects.requireNonNull(file.getParent()));
    } catch (UnopenedException e) {
      throw e;
    } catch (IOException e) {
      throw storage.failed(file, e);
    }
  }

  SegmentHeader header() {
    return header;
  }

  FrameHeader.Checksum checksum() {
    return checksum;
  }

  Path file() {
    return file;
  }

  /** Where the next frame goes. */
  long end() {
    return end;
  }

  /** The bytes before this are forced. */
  long forcedTo() {
    return forcedTo;
  }

  boolean hasFrames() {
    return end > SegmentHeader.BYTES;
  }

  /** Whether nothing may follow here, because what failed to be written may be there in part. */
  boolean isOver() {
    return over;
  }

  /** Whether nothing, not even in part, was written behind this place. */
  boolean isAt(long place) {
    return end == place && !over;
  }

  /**
   * Writes frames where the last ones end.
   *
   * @throws IOException if not all of them could be written; the end is where it was
   */
  void write(ByteBuffer frames) throws IOException {
    int bytes = frames.remaining();
    try {
      if (end + bytes + ZEROS_AFTER > size) {
        extend(end + bytes + ZEROS_AFTER);
      }
      writeAll(frames, end);
      end += bytes;
    } catch (Error e) {
      over = true;
      throw e;
    }
  }

  private void extend(long needed) throws IOException {
    long grown = Math.max(needed, size + Math.clamp(size, STEP_BYTES, MAX_STEP_BYTES));
    long rounded = (grown + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
    Extent target = extent();
    target.setSize(rounded);
    forceSize(storage, file, target);
    size = rounded; // What was forced along with it is not: it may still be taken back.
  }

  /** A full disk takes what fits, without complaint, and refuses the next write. */
  private void writeAll(ByteBuffer bytes, long position) throws IOException {
    Extent target = extent();
    long at = position;
    while (bytes.hasRemaining()) {
      int count;
      try {
        count = target.write(bytes, at);
      } catch (IOException e) {
        over |= at > position;
        throw e;
      }
      if (count <= 0) {
        over |= at > position;
        throw new IOException("the file takes no more bytes");
      }
      at += count;
      writtenTo = Math.max(writtenTo, at);
    }
  }

  /** Makes all frames durable; never tried again if that fails. */
  void force() throws IOException {
    if (forcedTo < end) {
      Extent open = extent; // Not a use: it may be forced to be closed.
      Extent target = open == null ? extent() : open;
      try {
        target.force();
      } catch (IOException e) {
        throw storage.failed(file, e);
      }
      forcedTo = end;
    }
  }

  /**
   * Takes frames back that were written, in part or whole, but not acknowledged: the first of them
   * is no frame any more, and so none of them counts. If any was written, nothing may follow them.
   */
  void cutOff(long start) throws IOException {
    over |= end > start;
    end = start;
    if (over) {
      try {
        // Only where there are bytes: on a full disk there is room for no others.
        int there = Math.clamp(writtenTo - start, 0, FrameHeader.BYTES);
        writeAll(ByteBuffer.allocate(there), start);
        extent().force();
      } catch (IOException e) {
        throw storage.failed(file, e);
      }
      forcedTo = start;
    }
  }

  /** Opens the file if it is not open: a failure before anything was written does no harm. */
  void open() throws IOException {
    extent();
  }

  private Extent extent() throws IOException {
    Extent open = extent;
    if (open == null) {
      open = storage.files().openExtent(file);
      extent = open;
    }
    openFiles.used(this);
    return open;
  }

  /** Gives the file back to the system; it is opened again when it is needed. */
  void closeFile() {
    Extent open = extent;
    extent = null;
    openFiles.closed(this);
    if (open != null) {
      closeQuietly(open);
    }
  }

  private void closeQuietly(StoreFiles.Extent open) {
    try {
      open.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} can''t be closed: {1}", file, e);
    }
  }
}
