package io.memryx.persistence.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import io.memryx.Metadata;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a segment lies in an entry's metadata: its text in one field, each of its own fields under a
 * prefix, so that none of them is taken for the text. Whole numbers become longs, others doubles,
 * UUIDs text; LangChain4j's typed getters turn them back.
 */
final class SegmentMetadata {
  private static final String TEXT = "text";
  private static final String PREFIX = "metadata.";

  private SegmentMetadata() {}

  /** What is kept of a segment; nothing of none. */
  static Metadata of(@Nullable TextSegment segment) {
    if (segment == null) {
      return Metadata.empty();
    }
    Metadata.Builder metadata = Metadata.builder().put(TEXT, segment.text());
    segment.metadata().toMap().forEach((key, value) -> metadata.put(field(key), value(value)));
    return metadata.build();
  }

  /** The segment that was kept, or null if there was none. */
  static @Nullable TextSegment segment(Metadata metadata) {
    if (!(metadata.get(TEXT).orElse(null) instanceof StringValue(String text))) {
      return null;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    metadata
        .fields()
        .forEach(
            (field, value) -> {
              if (field.startsWith(PREFIX)) {
                fields.put(field.substring(PREFIX.length()), object(value));
              }
            });
    return TextSegment.from(text, dev.langchain4j.data.document.Metadata.from(fields));
  }

  /** The field in which a segment's metadata of this key lies. */
  static String field(String key) {
    return PREFIX + key;
  }

  /** A value of a segment's metadata, or one that a filter compares with. */
  static MetadataValue value(Object value) {
    return switch (value) {
      case Integer number -> new LongValue(number);
      case Long number -> new LongValue(number);
      case Float number -> new DoubleValue(number);
      case Double number -> new DoubleValue(number);
      case Object text -> new StringValue(text.toString());
    };
  }

  private static Object object(MetadataValue value) {
    return switch (value) {
      case StringValue(String text) -> text;
      case LongValue(long number) -> number;
      case DoubleValue(double number) -> number;
      case BooleanValue _, NullValue _, ArrayValue _ ->
          throw new IllegalStateException("no segment's metadata has a " + value);
    };
  }
}
