package io.memryx.persistence.internal.wal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where frames are put together before they are written. One buffer serves all logs of a store, one
 * after the other; it grows to the largest frame, and what is more than that goes out in between.
 * Not thread-safe.
 */
final class FrameBuffer {
  private static final int FIRST_BYTES = 1 << 16;
  private static final int MAX_BYTES = FrameHeader.BYTES + FrameHeader.MAX_PAYLOAD_BYTES;

  private ByteBuffer bytes = allocate(0);
  private MemorySegment memory = MemorySegment.ofBuffer(bytes);

  /** What takes the frames when the buffer is full. */
  @FunctionalInterface
  interface Outlet {
    /** Takes all bytes of the buffer. */
    void write(ByteBuffer frames) throws IOException;
  }

  /**
   * Which frame follows, but for its payload.
   *
   * @param bufferOffset where in the segment the buffer's first byte goes
   */
  record Next(long bufferOffset, long sequence, long durableUpTo, FrameType type, boolean end) {}

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of frames that were not written yet. */
  int pendingBytes() {
    return bytes.position();
  }

  /** Forgets them. */
  void clear() {
    bytes.clear();
  }

  /** Gives out what is there. */
  void flush(Outlet outlet) throws IOException {
    if (bytes.position() > 0) {
      bytes.flip();
      outlet.write(bytes);
      bytes.clear();
    }
  }

  /**
   * Makes room for a frame, and gives the buffer, whose position is the payload's first byte. What
   * is in the buffer goes out first if there is too little room.
   */
  ByteBuffer begin(int payloadBytes, Outlet outlet) throws IOException {
    int needed = FrameHeader.stored(FrameHeader.BYTES + payloadBytes);
    if (needed > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a frame of %d bytes, at most %d are possible".formatted(needed, MAX_BYTES));
    }
    if (bytes.position() + needed > MAX_BYTES) {
      flush(outlet);
    }
    if (bytes.position() + needed > bytes.capacity()) {
      grow(bytes.position() + needed);
    }
    return bytes.position(bytes.position() + FrameHeader.BYTES);
  }

  private void grow(int needed) {
    int capacity =
        Math.min(MAX_BYTES, Math.max(needed, Math.max(FIRST_BYTES, 2 * bytes.capacity())));
    ByteBuffer larger = allocate(capacity);
    larger.put(bytes.duplicate().flip());
    MemorySegment all = MemorySegment.ofBuffer(larger.duplicate().clear());
    bytes = larger; // Both or none: for either there may be no memory.
    memory = all;
  }

  /** The memory of the buffer, for what is copied into it in bulk. */
  MemorySegment memory() {
    return memory;
  }

  /** Ends the frame whose payload ends at the buffer's position. */
  void end(int payloadBytes, Next next, FrameHeader.Checksum checksum) {
    int payload = bytes.position() - payloadBytes;
    int frame = payload - FrameHeader.BYTES;
    int length = FrameHeader.BYTES + payloadBytes;
    while (bytes.position() % FrameHeader.ALIGNMENT != 0) {
      bytes.put((byte) 0);
    }
    int crc = checksum.ofPayload(bytes, payload, bytes.position() - payload);
    new FrameHeader(length, crc, next.sequence, next.durableUpTo, next.type, next.end)
        .encode(bytes, frame, next.bufferOffset + frame, checksum);
  }
}
