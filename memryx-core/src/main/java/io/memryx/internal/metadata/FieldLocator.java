package io.memryx.internal.metadata;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Finds fields in encoded rows, one row after the other. Not thread-safe.
 *
 * <p>The walk ends at the last field wanted: a row names a field once.
 */
final class FieldLocator {
  private static final int MISSING = -1;

  private final byte[][] names;
  private final int[] values;
  private byte[] row = {};

  /** A locator of fields; they are known by their places in this list. */
  FieldLocator(List<String> fields) {
    this.names =
        fields.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    this.values = new int[names.length];
  }

  /** Finds the fields of a row; what was found in another row is forgotten. */
  void moveTo(EncodedRows rows, int index) {
    row = rows.array(index);
    Arrays.fill(values, MISSING);
    int at = rows.start(index);
    int end = rows.end(index);
    int missing = names.length;
    while (at < end && missing > 0) {
      int name = EncodedValue.afterVarint(row, at);
      int value = name + EncodedValue.length(row, at);
      for (int field = 0; field < names.length; field++) {
        if (Arrays.equals(row, name, value, names[field], 0, names[field].length)) {
          values[field] = value;
          missing--;
          break;
        }
      }
      at = EncodedValue.end(row, value);
    }
  }

  /** The array that the row lies in. */
  byte[] row() {
    return row;
  }

  /** Whether the row has a field. */
  boolean has(int field) {
    return values[field] != MISSING;
  }

  /** Where the value of a field begins, which the row has. */
  int value(int field) {
    return values[field];
  }
}
