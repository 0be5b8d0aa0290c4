package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The one buffer through which a file is read: holds the bytes from some position on, and moves on
 * with the reader. Not thread-safe.
 */
final class FileWindow implements AutoCloseable {
  /** A chunk of the largest size with the frame before it. */
  private static final int MAX_BYTES = ChunkFrame.MAX_DATA_BYTES + ChunkFrame.MAX_PREFIX_BYTES;

  private final String file;
  private final StoreFiles.Source source;
  private final long size;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory;
  private long start;
  private long end;

  FileWindow(String file, StoreFiles.Source source, long size) {
    this.file = file;
    this.source = source;
    this.size = size;
    this.memory = arena.allocate(Math.clamp(size, 1, MAX_BYTES));
  }

  /**
   * The bytes from a position on.
   *
   * @param length at most the size of the largest chunk with its frame; the file must have so many
   */
  MemorySegment bytes(long position, long length) {
    if (position < start || position + length > end) {
      fill(position);
    }
    return memory.asSlice(position - start, length);
  }

  private void fill(long position) {
    start = position;
    end = position;
    ByteBuffer buffer = memory.asByteBuffer();
    buffer.limit((int) Math.min(buffer.capacity(), size - position));
    try {
      while (buffer.hasRemaining()) {
        if (source.read(buffer, end) < 0) {
          throw new CorruptSnapshotException(
              file, end, "it ends here, but had %d bytes a moment ago".formatted(size), null);
        }
        end = position + buffer.position();
      }
    } catch (IOException e) {
      throw new CorruptSnapshotException(
          file, end, "it can't be read from here on (%s)".formatted(e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
