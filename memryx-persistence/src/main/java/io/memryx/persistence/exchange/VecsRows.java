package io.memryx.persistence.exchange;

/**
 * The shape of an fvecs or ivecs file: every row is an int32 width and then as many 4-byte values,
 * all little-endian, all rows of one width.
 *
 * @param rows number of rows, at least 1
 * @param width values in every row, at least 1
 */
record VecsRows(int rows, int width) {
  /** Wider rows are no vectors; the bound keeps a damaged first width from looking plausible. */
  static final int MAX_WIDTH = 1 << 20;

  /** Reads and checks the width of every row. */
  static VecsRows of(MappedFile file) throws MalformedFileException {
    if (file.size() < Integer.BYTES) {
      throw file.malformed(
          file.size(), "the file ends after " + file.size() + " bytes", "a row's int32 width");
    }
    int width = file.bytes().get(MappedFile.INT, 0);
    if (width < 1 || width > MAX_WIDTH) {
      throw file.malformed(0, "the first row's width is " + width, "1 to " + MAX_WIDTH);
    }
    long stride = strideBytes(width);
    long rows = file.size() / stride;
    if (rows > Integer.MAX_VALUE) {
      throw file.malformed(file.size(), rows + " rows", "at most " + Integer.MAX_VALUE);
    }
    var shape = new VecsRows((int) rows, width);
    shape.requireWidths(file);
    shape.requireWholeRows(file);
    return shape;
  }

  long strideBytes() {
    return strideBytes(width);
  }

  long valuesOffset(int row) {
    return row * strideBytes() + Integer.BYTES;
  }

  private static long strideBytes(int width) {
    return Integer.BYTES + 4L * width;
  }

  private void requireWidths(MappedFile file) throws MalformedFileException {
    for (int row = 1; row < rows; row++) {
      long offset = row * strideBytes();
      int found = file.bytes().get(MappedFile.INT, offset);
      if (found != width) {
        throw file.malformed(
            offset,
            "row %d has width %d".formatted(row, found),
            "width %d as in row 0".formatted(width));
      }
    }
  }

  private void requireWholeRows(MappedFile file) throws MalformedFileException {
    long end = rows * strideBytes();
    if (end != file.size()) {
      throw file.malformed(
          end,
          "row %d is cut off after %d bytes".formatted(rows, file.size() - end),
          "%d bytes a row: the file is truncated".formatted(strideBytes()));
    }
  }
}
