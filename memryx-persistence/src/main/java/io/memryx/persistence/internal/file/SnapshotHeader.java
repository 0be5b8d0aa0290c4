package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The first 64 bytes of a snapshot file. Their length, magic, version and checksum keep their
 * places in every major version.
 *
 * @param major major version of the format
 * @param chain the chain of generations that the snapshot belongs to
 * @param snapshot the snapshot itself; part of every chunk's checksum
 * @param lastSequence number of the last change in it; 0 where changes are not logged
 */
record SnapshotHeader(int major, UUID chain, UUID snapshot, long lastSequence) {
  static final int BYTES = 64;

  /** Everything in chunks, int32 sizes, originals always. Still read, no longer written. */
  static final int MAJOR_1 = 1;

  /** The version that is written. */
  static final int MAJOR = 2;

  static final int MINOR = 0;

  private static final byte[] MAGIC = "MRXSNAP\0".getBytes(StandardCharsets.US_ASCII);
  private static final int MAJOR_OFFSET = 8;
  private static final int CHAIN_OFFSET = 16;
  private static final int SNAPSHOT_OFFSET = 32;
  private static final int SEQUENCE_OFFSET = 48;
  private static final int CRC_OFFSET = 60;

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(0, MAGIC);
    bytes.putShort(MAJOR_OFFSET, (short) major).putShort(MAJOR_OFFSET + 2, (short) MINOR);
    bytes.put(CHAIN_OFFSET, uuidBytes(chain));
    bytes.put(SNAPSHOT_OFFSET, uuidBytes(snapshot));
    bytes.putLong(SEQUENCE_OFFSET, lastSequence);
    return bytes.putInt(CRC_OFFSET, crc32c(bytes.slice(0, CRC_OFFSET)));
  }

  /** Decodes 64 bytes, which begin the named file. */
  static SnapshotHeader decode(String file, ByteBuffer source) {
    ByteBuffer bytes = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    requireMagic(file, bytes, MAGIC, "snapshot");
    requireCrc(file, 0, bytes.getInt(CRC_OFFSET), crc32c(bytes.slice(0, CRC_OFFSET)), "header");
    int major = Short.toUnsignedInt(bytes.getShort(MAJOR_OFFSET));
    requireMajor(file, major, MAJOR);
    return new SnapshotHeader(
        major,
        uuid(bytes, CHAIN_OFFSET),
        uuid(bytes, SNAPSHOT_OFFSET),
        bytes.getLong(SEQUENCE_OFFSET));
  }

  static void requireMagic(String file, ByteBuffer bytes, byte[] magic, String kind) {
    for (int i = 0; i < magic.length; i++) {
      if (bytes.get(i) != magic[i]) {
        throw new CorruptSnapshotException(
            file, i, "it does not begin as a %s does".formatted(kind), null);
      }
    }
  }

  static void requireCrc(String file, long offset, int stored, int computed, String what) {
    if (stored != computed) {
      throw new CorruptSnapshotException(
          file,
          offset,
          "the %s's checksum is %08x, its bytes give %08x".formatted(what, stored, computed),
          null);
    }
  }

  /** Every version up to the newest is read. */
  static void requireMajor(String file, int found, int newest) {
    if (found < 1 || found > newest) {
      throw new UnsupportedFormatException(
          file,
          "it has format version %d, this Memryx reads %s: use the Memryx that wrote it, or a newer one"
              .formatted(found, newest == 1 ? "1" : "1 to " + newest));
    }
  }

  static int crc32c(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  static byte[] uuidBytes(UUID uuid) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  /** Big-endian, as in RFC 9562, whatever the buffer's order. */
  private static UUID uuid(ByteBuffer bytes, int offset) {
    ByteBuffer bigEndian = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new UUID(bigEndian.getLong(offset), bigEndian.getLong(offset + Long.BYTES));
  }

  static UUID uuid(byte[] bytes) {
    return uuid(ByteBuffer.wrap(bytes), 0);
  }
}
