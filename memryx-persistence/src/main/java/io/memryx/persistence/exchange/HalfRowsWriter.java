package io.memryx.persistence.exchange;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An npy file of float16 rows in the making, written vector by vector so that sets larger than the
 * heap can be made. Components are rounded to the nearest float16, ties to even. Not thread-safe.
 */
public final class HalfRowsWriter implements AutoCloseable {
  /** NumPy pads its header so that the elements begin at a multiple of this. */
  private static final int ALIGNMENT_BYTES = 64;

  /** Large enough that a system call is rare. */
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final VectorShape shape;
  private final ByteBuffer buffer;
  private int written;

  private HalfRowsWriter(FileChannel channel, VectorShape shape) {
    this.channel = channel;
    this.shape = shape;
    int rowBytes = shape.dimension() * Short.BYTES;
    this.buffer =
        ByteBuffer.allocateDirect(Math.max(BUFFER_BYTES, rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Creates or replaces a file for a matrix of this shape. */
  public static HalfRowsWriter create(Path file, VectorShape shape) throws IOException {
    var writer =
        new HalfRowsWriter(
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
            shape);
    writer.buffer.put(header(shape));
    return writer;
  }

  /** Appends the vector that begins at this offset of an array. */
  public void write(float[] vectors, int offset) throws IOException {
    if (written == shape.rows()) {
      throw new IllegalStateException("all " + written + " rows are written: there is no next one");
    }
    if (buffer.remaining() < shape.dimension() * Short.BYTES) {
      flush();
    }
    for (int i = 0; i < shape.dimension(); i++) {
      buffer.putShort(Float.floatToFloat16(vectors[offset + i]));
    }
    written++;
  }

  /**
   * Ends the file.
   *
   * @throws IOException if the last bytes can't be written, or rows are missing
   */
  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
    }
    if (written != shape.rows()) {
      throw new IOException(
          "%d rows were written, the header promises %d: the file is unfinished"
              .formatted(written, shape.rows()));
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Magic, version 1.0, size of the description, the description padded by spaces. */
  private static byte[] header(VectorShape shape) {
    String description =
        "{'descr': '<f2', 'fortran_order': False, 'shape': (%d, %d), }"
            .formatted(shape.rows(), shape.dimension());
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    int unpadded = magic.length + Short.BYTES + description.length() + 1;
    int total = Math.ceilDiv(unpadded, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    String padded = description + " ".repeat(total - unpadded) + "\n";
    return ByteBuffer.allocate(total)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(magic)
        .putShort((short) padded.length())
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
