package io.memryx.persistence.internal.wal;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The first 80 bytes of a segment. Their number, magic, version and checksum keep their places in
 * every major version.
 *
 * @param chain the chain of generations that the log belongs to
 * @param number of the segment, from 1
 * @param salt random; part of every checksum of the segment, so that a frame of another file is not
 *     taken for one of this
 * @param baseSequence number of the first change that the segment can hold
 * @param previous how far the segment before is valid
 */
record SegmentHeader(UUID chain, long number, long salt, long baseSequence, SegmentEnd previous) {
  static final int BYTES = 80;
  static final int MAJOR = 1;
  static final int MINOR = 0;

  private static final byte[] MAGIC = "MRXWAL\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern NAME = Pattern.compile("wal-([0-9a-f]{16})\\.log");
  private static final int MAJOR_OFFSET = 8;
  private static final int CHAIN_OFFSET = 16;
  private static final int NUMBER_OFFSET = 32;
  private static final int SALT_OFFSET = 40;
  private static final int SEQUENCE_OFFSET = 48;
  private static final int PREVIOUS_NUMBER_OFFSET = 56;
  private static final int PREVIOUS_LENGTH_OFFSET = 64;
  private static final int CRC_OFFSET = 76;

  /** What the file of a segment is called. */
  static String fileName(long number) {
    return "wal-%016x.log".formatted(number);
  }

  /** The number of a segment by its file's name, or empty if it is not named as one. */
  static OptionalLong numberOf(String fileName) {
    var matcher = NAME.matcher(fileName);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    long number = Long.parseUnsignedLong(matcher.group(1), 16);
    return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
  }

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(0, MAGIC);
    bytes.putShort(MAJOR_OFFSET, (short) MAJOR).putShort(MAJOR_OFFSET + 2, (short) MINOR);
    bytes.order(ByteOrder.BIG_ENDIAN);
    bytes.putLong(CHAIN_OFFSET, chain.getMostSignificantBits());
    bytes.putLong(CHAIN_OFFSET + Long.BYTES, chain.getLeastSignificantBits());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(NUMBER_OFFSET, number);
    bytes.putLong(SALT_OFFSET, salt);
    bytes.putLong(SEQUENCE_OFFSET, baseSequence);
    bytes.putLong(PREVIOUS_NUMBER_OFFSET, previous.number());
    bytes.putLong(PREVIOUS_LENGTH_OFFSET, previous.length());
    return bytes.putInt(CRC_OFFSET, crc(bytes));
  }

  private static int crc(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes.slice(0, CRC_OFFSET));
    return (int) crc.getValue();
  }

  /** Decodes what begins the named file; refuses what no whole header is. */
  static SegmentHeader decode(String file, ByteBuffer source) {
    ByteBuffer bytes = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.limit() < BYTES || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw new CorruptSnapshotException(file, 0, "it does not begin as a log segment does", null);
    }
    if (bytes.getInt(CRC_OFFSET) != crc(bytes)) {
      throw new CorruptSnapshotException(
          file,
          0,
          "the header's checksum is %08x, its bytes give %08x"
              .formatted(bytes.getInt(CRC_OFFSET), crc(bytes)),
          null);
    }
    int major = Short.toUnsignedInt(bytes.getShort(MAJOR_OFFSET));
    if (major != MAJOR) {
      throw new UnsupportedFormatException(
          file,
          "it has format version %d, this Memryx reads %d: use the Memryx that wrote it, or a newer one"
              .formatted(major, MAJOR));
    }
    return fields(bytes);
  }

  private static SegmentHeader fields(ByteBuffer bytes) {
    ByteBuffer bigEndian = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new SegmentHeader(
        new UUID(bigEndian.getLong(CHAIN_OFFSET), bigEndian.getLong(CHAIN_OFFSET + Long.BYTES)),
        bytes.getLong(NUMBER_OFFSET),
        bytes.getLong(SALT_OFFSET),
        bytes.getLong(SEQUENCE_OFFSET),
        new SegmentEnd(
            bytes.getLong(PREVIOUS_NUMBER_OFFSET), bytes.getLong(PREVIOUS_LENGTH_OFFSET)));
  }
}
