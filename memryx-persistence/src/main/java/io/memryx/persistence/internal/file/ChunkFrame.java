package io.memryx.persistence.internal.file;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.memryx.persistence.internal.proto.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes around a chunk's data: a length-delimited {@link Chunk} message whose data field comes
 * last, so that the data is read and written in place instead of through a message object.
 *
 * @param sectionType which section, by its id in files
 * @param sectionNumber position of the section in the table
 * @param chunkNumber position of the chunk in its section
 * @param crc32c checksum of identity and data
 * @param dataBytes size of the data
 */
record ChunkFrame(int sectionType, int sectionNumber, int chunkNumber, int crc32c, int dataBytes) {

  /** Most data in one chunk: large enough for full disk speed, small enough to buffer. */
  static final int MAX_DATA_BYTES = 4 << 20;

  /** The frame before the data fits in this; the fields known today take at most 35 bytes. */
  static final int MAX_PREFIX_BYTES = 64;

  private static final int DATA_TAG =
      tag(Chunk.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int TYPE_TAG =
      tag(Chunk.SECTION_TYPE_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int SECTION_TAG =
      tag(Chunk.SECTION_NUMBER_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int CHUNK_TAG =
      tag(Chunk.CHUNK_NUMBER_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int CRC_TAG = tag(Chunk.CRC32C_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED32);

  /**
   * The checksum of a chunk. The identity in it tells a chunk that is out of place (swapped, stale,
   * of another snapshot) from one that belongs here.
   */
  static int crc32c(
      UUID snapshot, int sectionType, int sectionNumber, int chunkNumber, ByteBuffer data) {
    ByteBuffer identity =
        ByteBuffer.allocate(32)
            .put(SnapshotHeader.uuidBytes(snapshot))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(sectionType)
            .putInt(sectionNumber)
            .putInt(chunkNumber)
            .putInt(data.remaining())
            .flip();
    var crc = new CRC32C();
    crc.update(identity);
    crc.update(data.duplicate());
    return (int) crc.getValue();
  }

  /** Everything before the data: the message's length and its fields. */
  byte[] encodePrefix() throws IOException {
    byte[] buffer = new byte[MAX_PREFIX_BYTES];
    CodedOutputStream out = CodedOutputStream.newInstance(buffer);
    out.writeUInt32NoTag(messageBytes());
    out.writeUInt32(Chunk.SECTION_TYPE_FIELD_NUMBER, sectionType);
    out.writeUInt32(Chunk.SECTION_NUMBER_FIELD_NUMBER, sectionNumber);
    out.writeUInt32(Chunk.CHUNK_NUMBER_FIELD_NUMBER, chunkNumber);
    out.writeFixed32(Chunk.CRC32C_FIELD_NUMBER, crc32c);
    out.writeTag(Chunk.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(dataBytes);
    out.flush();
    return Arrays.copyOf(buffer, out.getTotalBytesWritten());
  }

  private int messageBytes() {
    return CodedOutputStream.computeUInt32Size(Chunk.SECTION_TYPE_FIELD_NUMBER, sectionType)
        + CodedOutputStream.computeUInt32Size(Chunk.SECTION_NUMBER_FIELD_NUMBER, sectionNumber)
        + CodedOutputStream.computeUInt32Size(Chunk.CHUNK_NUMBER_FIELD_NUMBER, chunkNumber)
        + CodedOutputStream.computeFixed32Size(Chunk.CRC32C_FIELD_NUMBER, crc32c)
        + CodedOutputStream.computeTagSize(Chunk.DATA_FIELD_NUMBER)
        + CodedOutputStream.computeUInt32SizeNoTag(dataBytes)
        + dataBytes;
  }

  /**
   * Decodes the frame at the beginning of some bytes, which may end within the data.
   *
   * @throws IOException if no frame begins there; the message says what was expected
   */
  static Located decode(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    int messageBytes = in.readRawVarint32();
    int messageStart = in.getTotalBytesRead();
    int sectionType = 0;
    int sectionNumber = 0;
    int chunkNumber = 0;
    int crc32c = 0;
    int tag = in.readTag();
    while (tag != DATA_TAG) {
      if (tag == TYPE_TAG) {
        sectionType = in.readUInt32();
      } else if (tag == SECTION_TAG) {
        sectionNumber = in.readUInt32();
      } else if (tag == CHUNK_TAG) {
        chunkNumber = in.readUInt32();
      } else if (tag == CRC_TAG) {
        crc32c = in.readFixed32();
      } else if (tag == 0 || !in.skipField(tag)) {
        throw new IOException("no data field where a chunk should have one");
      }
      tag = in.readTag();
    }
    int dataBytes = in.readRawVarint32();
    int dataStart = in.getTotalBytesRead();
    if (dataBytes < 1 || dataBytes > MAX_DATA_BYTES) {
      throw new IOException(
          "a chunk of %d bytes, expected 1 to %d".formatted(dataBytes, MAX_DATA_BYTES));
    }
    if (dataStart - messageStart + dataBytes != messageBytes) {
      throw new IOException(
          "a chunk's message has %d bytes, its data end at %d"
              .formatted(messageBytes, dataStart - messageStart + dataBytes));
    }
    return new Located(
        new ChunkFrame(sectionType, sectionNumber, chunkNumber, crc32c, dataBytes), dataStart);
  }

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  /**
   * A frame and where its data begin.
   *
   * @param dataStart bytes of the frame before the data
   */
  record Located(ChunkFrame frame, int dataStart) {}
}
