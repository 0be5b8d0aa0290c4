package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The last 64 bytes of a snapshot file: they find the section table and prove that the file ends
 * where its writer ended it.
 *
 * @param tableSha256 SHA-256 of the encoded section table, 32 bytes
 * @param tableOffset where the table begins
 * @param tableBytes size of the table
 * @param fileBytes size of the whole file, trailer included
 */
record SnapshotTrailer(Sha256 tableSha256, long tableOffset, int tableBytes, long fileBytes) {
  static final int BYTES = 64;

  private static final byte[] MAGIC = "\0PANSXRM".getBytes(StandardCharsets.US_ASCII);
  private static final int OFFSET_OFFSET = 32;
  private static final int FILE_BYTES_OFFSET = 40;
  private static final int TABLE_BYTES_OFFSET = 48;
  private static final int CRC_OFFSET = 52;
  private static final int MAGIC_OFFSET = 56;

  ByteBuffer encode(UUID snapshot) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(0, tableSha256.bytes());
    bytes.putLong(OFFSET_OFFSET, tableOffset);
    bytes.putLong(FILE_BYTES_OFFSET, fileBytes);
    bytes.putInt(TABLE_BYTES_OFFSET, tableBytes);
    bytes.putInt(CRC_OFFSET, crc32c(bytes, snapshot));
    return bytes.put(MAGIC_OFFSET, MAGIC);
  }

  /** Decodes the last 64 bytes of a file of a given size. */
  static SnapshotTrailer decode(String file, long size, UUID snapshot, ByteBuffer source) {
    ByteBuffer bytes = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long start = size - BYTES;
    for (int i = 0; i < MAGIC.length; i++) {
      if (bytes.get(MAGIC_OFFSET + i) != MAGIC[i]) {
        throw new CorruptSnapshotException(
            file,
            start + MAGIC_OFFSET + i,
            "it does not end as a snapshot does: cut off, or something was appended",
            null);
      }
    }
    SnapshotHeader.requireCrc(
        file, start, bytes.getInt(CRC_OFFSET), crc32c(bytes, snapshot), "trailer");
    byte[] sha256 = new byte[OFFSET_OFFSET];
    bytes.get(0, sha256);
    var trailer =
        new SnapshotTrailer(
            new Sha256(sha256),
            bytes.getLong(OFFSET_OFFSET),
            bytes.getInt(TABLE_BYTES_OFFSET),
            bytes.getLong(FILE_BYTES_OFFSET));
    trailer.requireFits(file, size);
    return trailer;
  }

  private void requireFits(String file, long size) {
    long start = size - BYTES;
    if (fileBytes != size
        || tableBytes < 0
        || tableOffset < SnapshotHeader.BYTES
        || tableOffset != start - tableBytes) {
      throw new CorruptSnapshotException(
          file,
          start,
          "the trailer says %d bytes with a table of %d at %d, but the file has %d"
              .formatted(fileBytes, tableBytes, tableOffset, size),
          null);
    }
  }

  private static int crc32c(ByteBuffer bytes, UUID snapshot) {
    var crc = new CRC32C();
    crc.update(SnapshotHeader.uuidBytes(snapshot));
    crc.update(bytes.slice(0, CRC_OFFSET));
    return (int) crc.getValue();
  }
}
