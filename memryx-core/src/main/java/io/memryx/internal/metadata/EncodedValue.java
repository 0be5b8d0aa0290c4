package io.memryx.internal.metadata;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Values of metadata, read and compared as the bytes of {@link MetadataCodec}, wherever they lie.
 *
 * <p>Their order: null, false, true, numbers, texts, arrays. Numbers, whole or not, compare as the
 * exact numbers that they are; texts by code point, which is the unsigned order of UTF-8; arrays by
 * their first elements that differ, then by length. Two values are equal in this order exactly if a
 * filter takes them for equal.
 */
final class EncodedValue {
  private static final VarHandle LONG_BITS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The first double above all longs. */
  private static final double LONG_END = 0x1p63;

  private EncodedValue() {}

  /** The kinds of values that have an order among themselves. */
  enum Kind {
    NULL,
    FALSE,
    TRUE,
    NUMBER,
    TEXT,
    ARRAY
  }

  static Kind kind(byte[] bytes, int at) {
    return switch (bytes[at]) {
      case MetadataCodec.NULL -> Kind.NULL;
      case MetadataCodec.FALSE -> Kind.FALSE;
      case MetadataCodec.TRUE -> Kind.TRUE;
      case MetadataCodec.LONG, MetadataCodec.DOUBLE -> Kind.NUMBER;
      case MetadataCodec.STRING -> Kind.TEXT;
      case MetadataCodec.ARRAY -> Kind.ARRAY;
      default -> throw new IllegalArgumentException("no value begins with " + bytes[at]);
    };
  }

  /** Where what follows the value begins. */
  static int end(byte[] bytes, int at) {
    return switch (bytes[at]) {
      case MetadataCodec.LONG -> afterVarint(bytes, at + 1);
      case MetadataCodec.DOUBLE -> at + 1 + Double.BYTES;
      case MetadataCodec.STRING -> afterVarint(bytes, at + 1) + length(bytes, at + 1);
      case MetadataCodec.ARRAY -> {
        int end = elements(bytes, at);
        for (int i = length(bytes, at + 1); i > 0; i--) {
          end = end(bytes, end);
        }
        yield end;
      }
      default -> at + 1;
    };
  }

  /** Number of elements of an array. */
  static int elementCount(byte[] bytes, int at) {
    return length(bytes, at + 1);
  }

  /** Where the first element of an array begins; each begins where the one before it ends. */
  static int elements(byte[] bytes, int at) {
    return afterVarint(bytes, at + 1);
  }

  /** A length: below 2^14, so in two bytes, but a snapshot may spend more on it. */
  static int length(byte[] bytes, int at) {
    return bytes[at] >= 0 ? bytes[at] : (int) varint(bytes, at);
  }

  /** Where what follows a varint begins. */
  static int afterVarint(byte[] bytes, int at) {
    int next = at;
    while (bytes[next++] < 0) {}
    return next;
  }

  private static long varint(byte[] bytes, int at) {
    long number = 0;
    int next = at;
    for (int shift = 0; ; shift += 7) {
      byte part = bytes[next++];
      number |= (part & 0x7FL) << shift;
      if (part >= 0) {
        return number;
      }
    }
  }

  private static long whole(byte[] bytes, int at) {
    long zigzag = varint(bytes, at + 1);
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  private static double fraction(byte[] bytes, int at) {
    return Double.longBitsToDouble((long) LONG_BITS.get(bytes, at + 1));
  }

  /** Compares two values: negative, zero or positive. */
  static int compare(byte[] a, int i, byte[] b, int j) {
    Kind kind = kind(a, i);
    int order = kind.compareTo(kind(b, j));
    if (order != 0) {
      return order;
    }
    return switch (kind) {
      case NULL, FALSE, TRUE -> 0;
      case NUMBER -> compareNumbers(a, i, b, j);
      case TEXT -> compareTexts(a, i, b, j);
      case ARRAY -> compareArrays(a, i, b, j);
    };
  }

  private static int compareNumbers(byte[] a, int i, byte[] b, int j) {
    if (a[i] == MetadataCodec.LONG) {
      long whole = whole(a, i);
      return b[j] == MetadataCodec.LONG
          ? Long.compare(whole, whole(b, j))
          : compare(whole, fraction(b, j));
    }
    double fraction = fraction(a, i);
    if (b[j] == MetadataCodec.LONG) {
      return -compare(whole(b, j), fraction);
    }
    // Not Double.compare: to that, minus zero is less than zero.
    double other = fraction(b, j);
    return fraction < other ? -1 : fraction > other ? 1 : 0;
  }

  /** Compares without rounding either number. */
  static int compare(long whole, double number) {
    if (number >= LONG_END) {
      return -1;
    }
    if (number < -LONG_END) {
      return 1;
    }
    long truncated = (long) number;
    // If those are equal, the part behind the point decides; from 2^53 on, a double has none.
    return whole != truncated
        ? Long.compare(whole, truncated)
        : -(int) Math.signum(number - truncated);
  }

  private static int compareTexts(byte[] a, int i, byte[] b, int j) {
    int from = afterVarint(a, i + 1);
    int otherFrom = afterVarint(b, j + 1);
    return Arrays.compareUnsigned(
        a, from, from + length(a, i + 1), b, otherFrom, otherFrom + length(b, j + 1));
  }

  private static int compareArrays(byte[] a, int i, byte[] b, int j) {
    int count = elementCount(a, i);
    int otherCount = elementCount(b, j);
    int at = elements(a, i);
    int otherAt = elements(b, j);
    for (int element = Math.min(count, otherCount); element > 0; element--) {
      int order = compare(a, at, b, otherAt);
      if (order != 0) {
        return order;
      }
      at = end(a, at);
      otherAt = end(b, otherAt);
    }
    return Integer.compare(count, otherCount);
  }

  /** Whether a value is a text that begins with another, which is a text. */
  static boolean startsWith(byte[] a, int i, byte[] prefix, int j) {
    if (a[i] != MetadataCodec.STRING || length(a, i + 1) < length(prefix, j + 1)) {
      return false;
    }
    int from = afterVarint(a, i + 1);
    int prefixFrom = afterVarint(prefix, j + 1);
    int size = length(prefix, j + 1);
    return Arrays.equals(a, from, from + size, prefix, prefixFrom, prefixFrom + size);
  }

  /** Whether a value is an array with an element that equals another value. */
  static boolean contains(byte[] a, int i, byte[] wanted, int j) {
    if (a[i] != MetadataCodec.ARRAY) {
      return false;
    }
    int at = elements(a, i);
    for (int element = elementCount(a, i); element > 0; element--) {
      if (compare(a, at, wanted, j) == 0) {
        return true;
      }
      at = end(a, at);
    }
    return false;
  }

  /** A hash that equal values share; of arrays, their lengths'. */
  static int hash(byte[] bytes, int at) {
    return switch (kind(bytes, at)) {
      case NULL, FALSE, TRUE -> bytes[at];
      case NUMBER ->
          bytes[at] == MetadataCodec.LONG
              ? Long.hashCode(whole(bytes, at))
              : hash(fraction(bytes, at));
      case TEXT -> {
        int from = afterVarint(bytes, at + 1);
        int hash = MetadataCodec.STRING;
        for (int i = from; i < from + length(bytes, at + 1); i++) {
          hash = 31 * hash + bytes[i];
        }
        yield hash;
      }
      case ARRAY -> elementCount(bytes, at);
    };
  }

  /** That of the long, if the double equals one. */
  private static int hash(double number) {
    boolean isLong = number >= -LONG_END && number < LONG_END && number == Math.rint(number);
    return isLong ? Long.hashCode((long) number) : Double.hashCode(number);
  }
}
