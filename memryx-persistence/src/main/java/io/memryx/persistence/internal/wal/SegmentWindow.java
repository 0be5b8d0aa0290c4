package io.memryx.persistence.internal.wal;

import io.memryx.persistence.internal.disk.StoreFiles.Source;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A part of a segment in memory that moves on as the segment is read. Not thread-safe. */
final class SegmentWindow {
  /** Two of the largest frames, so that few bytes are moved. */
  private static final int MAX_BYTES = 2 * FrameHeader.MAX_PAYLOAD_BYTES + OpenSegment.STEP_BYTES;

  private final Source source;
  private final long size;
  private final ByteBuffer bytes;
  private long base;

  SegmentWindow(Source source, long size) {
    this.source = source;
    this.size = size;
    this.bytes =
        ByteBuffer.allocate((int) Math.min(size, MAX_BYTES))
            .order(ByteOrder.LITTLE_ENDIAN)
            .limit(0);
  }

  long size() {
    return size;
  }

  /** Little-endian; changes with the next {@link #load}. */
  ByteBuffer bytes() {
    return bytes;
  }

  /**
   * Has so many bytes of the file in memory, and more if it reads anyway.
   *
   * @return where they begin in the buffer
   * @throws EOFException if the file has become smaller
   */
  int load(long offset, int length) throws IOException {
    if (offset < base || offset + length > base + bytes.limit()) {
      read(offset, length);
    }
    return (int) (offset - base);
  }

  private void read(long offset, int length) throws IOException {
    if (offset >= base && offset < base + bytes.limit()) {
      bytes.position((int) (offset - base)).compact();
    } else {
      bytes.clear();
    }
    base = offset;
    bytes.limit((int) Math.min(bytes.capacity(), size - offset));
    while (bytes.hasRemaining()) {
      int count = source.read(bytes, base + bytes.position());
      if (count <= 0) {
        break;
      }
    }
    bytes.flip();
    if (bytes.limit() < length) {
      throw new EOFException("the file ends at " + (base + bytes.limit()));
    }
  }
}
