package io.memryx.internal.metadata;

import io.memryx.Limits;
import io.memryx.Metadata;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import io.memryx.ValidationException;
import io.memryx.Violation;
import io.memryx.snapshot.MalformedSnapshotException;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Metadata as bytes, in memory and in snapshots: no bytes at all for no fields; else per field the
 * name as a text, then the value; a name is there once. A text is its size as a varint and its
 * UTF-8; a value is a tag byte and what the tag says: {@code 0} null, {@code 1} false, {@code 2}
 * true, {@code 3} a whole number as a zigzag varint, {@code 4} a double in 8 little-endian bytes,
 * {@code 5} a text, {@code 6} an array: its length as a varint and its values.
 */
public final class MetadataCodec {
  private static final byte[] NO_FIELDS = {};

  static final int NULL = 0;
  static final int FALSE = 1;
  static final int TRUE = 2;
  static final int LONG = 3;
  static final int DOUBLE = 4;
  static final int STRING = 5;
  static final int ARRAY = 6;

  private MetadataCodec() {}

  /**
   * Encodes.
   *
   * @throws ValidationException if a limit is exceeded
   */
  public static byte[] encode(Metadata metadata) {
    Map<String, MetadataValue> fields = metadata.fields();
    if (fields.isEmpty()) {
      return NO_FIELDS;
    }
    if (fields.size() > Limits.MAX_METADATA_FIELDS) {
      throw bad(
          "metadata has %d fields, the limit is %d"
              .formatted(fields.size(), Limits.MAX_METADATA_FIELDS),
          "keep what you search or show, and the rest elsewhere");
    }
    var out = new ByteArrayOutputStream(64);
    fields.forEach(
        (name, value) -> {
          if (name.isEmpty()) {
            throw bad("a metadata field has an empty name", "give it a name");
          }
          writeText(out, name);
          writeValue(out, value, 0);
          requireSize(out);
        });
    return out.toByteArray();
  }

  /** A single value as bytes, as it lies in an entry's metadata. */
  static byte[] encode(MetadataValue value) {
    var out = new ByteArrayOutputStream(32);
    writeValue(out, value, 0);
    return out.toByteArray();
  }

  private static void requireSize(ByteArrayOutputStream out) {
    if (out.size() > Limits.MAX_METADATA_BYTES) {
      throw bad(
          "metadata takes more than %d bytes".formatted(Limits.MAX_METADATA_BYTES),
          "keep what you search or show, and the rest elsewhere");
    }
  }

  private static void writeValue(ByteArrayOutputStream out, MetadataValue value, int depth) {
    switch (value) {
      case NullValue() -> out.write(NULL);
      case BooleanValue(boolean truth) -> out.write(truth ? TRUE : FALSE);
      case LongValue(long number) -> {
        out.write(LONG);
        writeVarint(out, (number << 1) ^ (number >> 63));
      }
      case DoubleValue(double number) -> {
        out.write(DOUBLE);
        out.writeBytes(
            ByteBuffer.allocate(Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(number)
                .array());
      }
      case StringValue(String text) -> {
        out.write(STRING);
        writeText(out, text);
      }
      case ArrayValue(List<MetadataValue> values) -> writeArray(out, values, depth + 1);
    }
  }

  private static void writeArray(ByteArrayOutputStream out, List<MetadataValue> values, int depth) {
    if (depth > Limits.MAX_METADATA_DEPTH) {
      throw bad(
          "metadata arrays are nested more than %d deep".formatted(Limits.MAX_METADATA_DEPTH),
          "flatten them");
    }
    out.write(ARRAY);
    writeVarint(out, values.size());
    for (MetadataValue value : values) {
      writeValue(out, value, depth);
      requireSize(out);
    }
  }

  private static void writeText(ByteArrayOutputStream out, String text) {
    if (!Utf8.isEncodable(text)) {
      throw bad("a metadata text has half a surrogate pair", "send valid Unicode");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    writeVarint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void writeVarint(ByteArrayOutputStream out, long number) {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static ValidationException bad(String detail, String hint) {
    return new ValidationException(Violation.Code.BAD_METADATA, detail, hint);
  }

  /**
   * Decodes.
   *
   * @throws MalformedSnapshotException if no encoder wrote these bytes
   */
  public static Metadata decode(byte[] bytes) {
    if (bytes.length == 0) {
      return Metadata.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      var builder = Metadata.builder();
      int fields = 0;
      for (; in.hasRemaining(); fields++) {
        builder.put(readText(in), readValue(in, 0));
      }
      Metadata metadata = builder.build();
      if (metadata.fields().size() != fields) {
        throw malformed("names a field twice");
      }
      return metadata;
    } catch (BufferUnderflowException | ValidationException e) {
      throw malformed("ends in the middle of a value");
    }
  }

  private static MetadataValue readValue(ByteBuffer in, int depth) {
    int tag = in.get();
    return switch (tag) {
      case NULL -> new NullValue();
      case FALSE -> new BooleanValue(false);
      case TRUE -> new BooleanValue(true);
      case LONG -> {
        long zigzag = readVarint(in);
        yield new LongValue((zigzag >>> 1) ^ -(zigzag & 1));
      }
      case DOUBLE -> new DoubleValue(in.getDouble());
      case STRING -> new StringValue(readText(in));
      case ARRAY -> readArray(in, depth + 1);
      default -> throw malformed("has a value of unknown kind " + tag);
    };
  }

  private static MetadataValue readArray(ByteBuffer in, int depth) {
    int length = readLength(in);
    if (depth > Limits.MAX_METADATA_DEPTH) {
      throw malformed("is nested too deep");
    }
    var values = new ArrayList<MetadataValue>(length);
    for (int i = 0; i < length; i++) {
      values.add(readValue(in, depth));
    }
    return new ArrayValue(values);
  }

  private static String readText(ByteBuffer in) {
    byte[] bytes = new byte[readLength(in)];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * A count of things that take at least a byte each, so that a hostile one can't allocate more
   * than there is.
   */
  private static int readLength(ByteBuffer in) {
    long length = readVarint(in);
    if (length < 0 || length > in.remaining()) {
      throw malformed("has a length of " + length + " with " + in.remaining() + " bytes left");
    }
    return (int) length;
  }

  private static long readVarint(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte part = in.get();
      number |= (part & 0x7FL) << shift;
      if (part >= 0) {
        return number;
      }
    }
    throw malformed("has a number of more than 64 bits");
  }

  private static MalformedSnapshotException malformed(String what) {
    return new MalformedSnapshotException(
        "encoded metadata "
            + what
            + ": the snapshot is damaged; verify it and fall back to an older one");
  }
}
