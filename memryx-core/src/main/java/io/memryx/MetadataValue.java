package io.memryx;

import java.util.List;

/** A typed, JSON-like value of a metadata field. */
public sealed interface MetadataValue {

  /** A text. */
  record StringValue(String value) implements MetadataValue {}

  /** A whole number that fits 64 bits. */
  record LongValue(long value) implements MetadataValue {}

  /** Any other number; finite. */
  record DoubleValue(double value) implements MetadataValue {
    /** Refuses NaN and infinities, which JSON can't carry. */
    public DoubleValue {
      if (!Double.isFinite(value)) {
        throw new ValidationException(
            Violation.Code.BAD_METADATA,
            "metadata number is " + value,
            "give a finite number or null");
      }
    }
  }

  /** True or false. */
  record BooleanValue(boolean value) implements MetadataValue {}

  /** Present, but null. */
  record NullValue() implements MetadataValue {}

  /** A list of values, maybe of mixed types. */
  record ArrayValue(List<MetadataValue> values) implements MetadataValue {
    /** Copies the list. */
    public ArrayValue {
      values = List.copyOf(values);
    }
  }
}
