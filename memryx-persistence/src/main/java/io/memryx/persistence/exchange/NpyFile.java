package io.memryx.persistence.exchange;

import io.memryx.persistence.exchange.VectorRows.Encoding;
import io.memryx.persistence.exchange.VectorRows.Layout;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * NumPy's array file, versions 1 to 3: magic, version, header size, a Python dictionary that
 * describes the array, and its elements. Read here: two dimensions, C order, little-endian float32
 * or float16.
 */
public final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy itself reads no larger header of an untrusted file. */
  private static final int MAX_HEADER_BYTES = 10_000;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Where the header's text is, and where the elements begin. */
  private record HeaderBounds(int textOffset, int textBytes, Charset charset) {
    long dataOffset() {
      return (long) textOffset + textBytes;
    }
  }

  private NpyFile() {}

  /**
   * Opens an npy file.
   *
   * @throws MalformedFileException if it is no npy file, holds another kind of array, or is
   *     truncated
   */
  public static VectorRows open(Path path) throws IOException {
    MappedFile file = MappedFile.open(path);
    HeaderBounds bounds = bounds(file);
    byte[] text =
        file.bytes()
            .asSlice(bounds.textOffset(), bounds.textBytes())
            .toArray(ValueLayout.JAVA_BYTE);
    NpyHeader header =
        NpyHeader.parse(file, bounds.textOffset(), new String(text, bounds.charset()));
    return new VectorRows(file, layout(file, bounds, header));
  }

  private static HeaderBounds bounds(MappedFile file) throws MalformedFileException {
    require(file, MAGIC.length + 2, "the magic bytes and the version of an npy file");
    byte[] start = file.bytes().asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE);
    if (!Arrays.equals(start, MAGIC)) {
      throw file.malformed(0, "the magic bytes of npy are missing", "\\x93NUMPY: not an npy file");
    }
    int major = file.bytes().get(ValueLayout.JAVA_BYTE, MAGIC.length);
    int sizeOffset = MAGIC.length + 2;
    return switch (major) {
      case 1 -> {
        require(file, sizeOffset + Short.BYTES, "the header's size");
        int size = Short.toUnsignedInt(file.bytes().get(SHORT, sizeOffset));
        yield bounds(file, sizeOffset + Short.BYTES, size, StandardCharsets.ISO_8859_1);
      }
      case 2, 3 -> {
        require(file, sizeOffset + Integer.BYTES, "the header's size");
        long size = Integer.toUnsignedLong(file.bytes().get(MappedFile.INT, sizeOffset));
        Charset charset = major == 2 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        yield bounds(file, sizeOffset + Integer.BYTES, size, charset);
      }
      default -> throw file.malformed(MAGIC.length, "npy version " + major, "version 1, 2 or 3");
    };
  }

  private static HeaderBounds bounds(MappedFile file, int textOffset, long size, Charset charset)
      throws MalformedFileException {
    if (size > MAX_HEADER_BYTES) {
      throw file.malformed(
          MAGIC.length + 2L,
          "the header's size is " + size,
          "at most " + MAX_HEADER_BYTES + " bytes");
    }
    require(file, textOffset + size, "a header of " + size + " bytes");
    return new HeaderBounds(textOffset, (int) size, charset);
  }

  private static void require(MappedFile file, long bytes, String what)
      throws MalformedFileException {
    if (file.size() < bytes) {
      throw file.malformed(file.size(), "the file ends", what + " up to byte " + bytes);
    }
  }

  private static Layout layout(MappedFile file, HeaderBounds bounds, NpyHeader header)
      throws MalformedFileException {
    Encoding encoding =
        switch (header.descr()) {
          case "<f4" -> Encoding.FLOAT32;
          case "<f2" -> Encoding.FLOAT16;
          default ->
              throw file.malformed(
                  bounds.textOffset(),
                  "elements of type '" + header.descr() + "'",
                  "'<f4' or '<f2': little-endian float32 or float16");
        };
    if (header.fortranOrder()) {
      throw file.malformed(
          bounds.textOffset(), "the array is in Fortran order", "C order: save a C-ordered copy");
    }
    long[] shape = header.shape();
    boolean fits =
        shape.length == 2
            && shape[0] >= 1
            && shape[0] <= Integer.MAX_VALUE
            && shape[1] >= 1
            && shape[1] <= VecsRows.MAX_WIDTH;
    if (!fits) {
      throw file.malformed(
          bounds.textOffset(),
          "the array's shape is " + Arrays.toString(shape),
          "two dimensions, rows and components, with 1 to " + VecsRows.MAX_WIDTH + " components");
    }
    long stride = shape[1] * encoding.bytes();
    long end = bounds.dataOffset() + shape[0] * stride;
    if (file.size() != end) {
      throw file.malformed(
          Math.min(end, file.size()),
          "the file has " + file.size() + " bytes",
          "%d for %d x %d elements of '%s'".formatted(end, shape[0], shape[1], header.descr()));
    }
    return new Layout(encoding, (int) shape[0], (int) shape[1], bounds.dataOffset(), stride);
  }
}
