package io.memryx;

import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Named, typed values beside a vector, in the order they were given. Immutable. */
public final class Metadata {
  private static final Metadata EMPTY = new Metadata(Map.of());

  private final Map<String, MetadataValue> fields;

  private Metadata(Map<String, MetadataValue> fields) {
    this.fields = fields;
  }

  /** No fields. */
  public static Metadata empty() {
    return EMPTY;
  }

  /** One text field. */
  public static Metadata of(String field, String value) {
    return builder().put(field, value).build();
  }

  /** Starts from no fields. */
  public static Builder builder() {
    return new Builder();
  }

  /** The fields in order; unmodifiable. */
  public Map<String, MetadataValue> fields() {
    return fields;
  }

  /** The value of a field, or empty where the field is missing. */
  public Optional<MetadataValue> get(String field) {
    return Optional.ofNullable(fields.get(field));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Metadata metadata && fields.equals(metadata.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return fields.toString();
  }

  /** Collects fields; a later value of the same name replaces the earlier one. Not thread-safe. */
  public static final class Builder {
    private final LinkedHashMap<String, MetadataValue> fields = new LinkedHashMap<>();

    private Builder() {}

    /** A text. */
    public Builder put(String field, String value) {
      return put(field, new StringValue(value));
    }

    /** A whole number. */
    public Builder put(String field, long value) {
      return put(field, new LongValue(value));
    }

    /** A number; must be finite. */
    public Builder put(String field, double value) {
      return put(field, new DoubleValue(value));
    }

    /** True or false. */
    public Builder put(String field, boolean value) {
      return put(field, new BooleanValue(value));
    }

    /** Present, but null. */
    public Builder putNull(String field) {
      return put(field, new NullValue());
    }

    /** A list of texts. */
    public Builder put(String field, Iterable<String> values) {
      var list = new ArrayList<MetadataValue>();
      values.forEach(value -> list.add(new StringValue(value)));
      return put(field, new ArrayValue(list));
    }

    /** Any value. */
    public Builder put(String field, MetadataValue value) {
      fields.put(field, value);
      return this;
    }

    /** The metadata; the builder may be used on. */
    public Metadata build() {
      return fields.isEmpty()
          ? EMPTY
          : new Metadata(Collections.unmodifiableMap(new LinkedHashMap<>(fields)));
    }
  }
}
