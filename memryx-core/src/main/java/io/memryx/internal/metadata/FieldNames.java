package io.memryx.internal.metadata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of the fields that rows have. */
final class FieldNames {
  /** Rows with more names use them as data; the further ones are not told apart. */
  private static final int MAX_NAMES = 1_024;

  /** Longer names are not known either. */
  private static final int MAX_NAME_BYTES = 256;

  private final List<byte[]> names = new ArrayList<>();

  // By String, not by bytes: a map of Comparable keys stays fast when hashes collide.
  private final Map<String, Integer> numbers = new HashMap<>();
  private boolean complete = true;

  /** Collects the names of all rows. */
  static FieldNames of(EncodedRows rows) {
    var names = new FieldNames();
    for (int row = 0; row < rows.size(); row++) {
      names.addRow(rows.array(row), rows.start(row), rows.end(row));
    }
    return names;
  }

  private void addRow(byte[] bytes, int from, int to) {
    int at = from;
    int expected = 0;
    while (at < to) {
      int name = EncodedValue.afterVarint(bytes, at);
      int value = name + EncodedValue.length(bytes, at);
      int number = number(bytes, name, value, expected);
      if (number >= 0) {
        expected = number + 1;
      }
      at = EncodedValue.end(bytes, value);
    }
  }

  /**
   * The number of a name, or -1 if it is not told apart.
   *
   * @param expected the number that it probably has: rows tend to name their fields in one order
   */
  private int number(byte[] bytes, int from, int to, int expected) {
    if (expected < names.size()) {
      byte[] name = names.get(expected);
      if (Arrays.equals(bytes, from, to, name, 0, name.length)) {
        return expected;
      }
    }
    if (to - from > MAX_NAME_BYTES) {
      complete = false;
      return -1;
    }
    String name = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    if (names.size() == MAX_NAMES) {
      complete = false;
      return -1;
    }
    numbers.put(name, names.size());
    names.add(Arrays.copyOfRange(bytes, from, to));
    return names.size() - 1;
  }

  /** Whether certainly no row has the field. */
  boolean lack(String field) {
    return complete && !numbers.containsKey(field);
  }

  /** Whether some row certainly has the field. */
  boolean know(String field) {
    return numbers.containsKey(field);
  }

  /** Memory, roughly: a name takes its bytes twice and some objects. */
  long bytes() {
    return names.stream().mapToLong(name -> 160 + 2L * name.length).sum();
  }
}
