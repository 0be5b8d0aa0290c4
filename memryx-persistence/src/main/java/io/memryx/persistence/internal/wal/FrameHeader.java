package io.memryx.persistence.internal.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * What begins each frame of a segment: 32 bytes at an offset that is a multiple of 8. Its own
 * checksum covers where it stands, so that a frame is known as one without its payload, and bytes
 * that somebody stored are not taken for one.
 *
 * @param length bytes of header and payload, without the zeros that fill up to a multiple of 8
 * @param payloadCrc CRC-32C of the payload with those zeros
 * @param sequence number of the change; in others that of the last one before
 * @param durableUpTo the bytes of the segment before this offset were forced when this was written
 * @param type what the payload is
 * @param end whether a change ends with this frame; in others always
 */
record FrameHeader(
    int length, int payloadCrc, long sequence, long durableUpTo, FrameType type, boolean end) {
  static final int BYTES = 32;

  /** Of the payload. Bounds what a reader has to hold; a change has as many frames as it needs. */
  static final int MAX_PAYLOAD_BYTES = 4 << 20;

  static final int ALIGNMENT = 8;

  private static final int PAYLOAD_CRC_OFFSET = 4;
  private static final int SEQUENCE_OFFSET = 8;
  private static final int DURABLE_OFFSET = 16;
  private static final int TYPE_OFFSET = 24;
  private static final int FLAGS_OFFSET = 25;
  private static final int CRC_OFFSET = 28;

  /** The place of the word that no frame has as zero. */
  static final int TYPE_WORD_OFFSET = TYPE_OFFSET;

  /** The checksums of one segment's frames. Not thread-safe. */
  static final class Checksum {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer place;

    Checksum(SegmentHeader segment) {
      place = ByteBuffer.allocate(3 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      place.putLong(0, segment.salt()).putLong(Long.BYTES, segment.number());
    }

    /** Of a header at {@code at} in a buffer and at {@code offset} in the segment. */
    int ofHeader(ByteBuffer bytes, int at, long offset) {
      place.putLong(2 * Long.BYTES, offset);
      crc.reset();
      crc.update(place.array());
      return update(bytes, at, CRC_OFFSET);
    }

    /** Of a payload and the zeros behind it. */
    int ofPayload(ByteBuffer bytes, int at, int length) {
      crc.reset();
      return update(bytes, at, length);
    }

    private int update(ByteBuffer bytes, int at, int length) {
      int position = bytes.position();
      int limit = bytes.limit();
      bytes.limit(at + length).position(at);
      crc.update(bytes);
      bytes.limit(limit).position(position);
      return (int) crc.getValue();
    }
  }

  /** Bytes that a frame takes. */
  static int stored(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Bytes that this frame takes. */
  int storedBytes() {
    return stored(length);
  }

  /** Puts the header at {@code at} in a little-endian buffer, for {@code offset} in the segment. */
  void encode(ByteBuffer target, int at, long offset, Checksum checksum) {
    target.putInt(at, length).putInt(at + PAYLOAD_CRC_OFFSET, payloadCrc);
    target.putLong(at + SEQUENCE_OFFSET, sequence).putLong(at + DURABLE_OFFSET, durableUpTo);
    target.putInt(at + TYPE_OFFSET, 0);
    target.put(at + TYPE_OFFSET, type.code()).put(at + FLAGS_OFFSET, (byte) (end ? 1 : 0));
    target.putInt(at + CRC_OFFSET, checksum.ofHeader(target, at, offset));
  }

  /**
   * Whether a header stands at {@code at} in a little-endian buffer, {@code offset} in the file.
   */
  static boolean isAt(ByteBuffer source, int at, long offset, Checksum checksum) {
    int length = source.getInt(at);
    return FrameType.isCode(source.get(at + TYPE_OFFSET))
        && length >= BYTES
        && length <= BYTES + MAX_PAYLOAD_BYTES
        && (source.get(at + FLAGS_OFFSET) & ~1) == 0
        && source.getShort(at + FLAGS_OFFSET + 1) == 0
        && source.getInt(at + CRC_OFFSET) == checksum.ofHeader(source, at, offset);
  }

  /** The header at {@code at} in a little-endian buffer, where there is one. */
  static FrameHeader decode(ByteBuffer source, int at) {
    return new FrameHeader(
        source.getInt(at),
        source.getInt(at + PAYLOAD_CRC_OFFSET),
        source.getLong(at + SEQUENCE_OFFSET),
        source.getLong(at + DURABLE_OFFSET),
        FrameType.ofCode(source.get(at + TYPE_OFFSET)),
        source.get(at + FLAGS_OFFSET) == 1);
  }
}
