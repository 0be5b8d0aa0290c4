package io.memryx;

import io.memryx.Filter.And;
import io.memryx.Filter.Compare;
import io.memryx.Filter.Comparison;
import io.memryx.Filter.Contains;
import io.memryx.Filter.Eq;
import io.memryx.Filter.Exists;
import io.memryx.Filter.In;
import io.memryx.Filter.Not;
import io.memryx.Filter.Or;
import io.memryx.Filter.Prefix;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a filter must keep to: names and values that metadata can have, and a bounded size. */
final class FilterRules {
  private FilterRules() {}

  static void requireSome(String operator, List<Filter> filters) {
    if (filters.isEmpty()) {
      throw bad(
          "'%s' has no filters, expected at least one".formatted(operator),
          "leave it out, or put a condition into it");
    }
  }

  static void requireField(String field) {
    if (field.isEmpty()) {
      throw bad("a filter names a field without a name", "give the name of a metadata field");
    }
    requireText("the name of a field", field);
  }

  private static void requireText(String what, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw bad("%s in the filter has half a surrogate pair".formatted(what), "send valid Unicode");
    }
    requireBytes(what, text.getBytes(StandardCharsets.UTF_8).length);
  }

  private static void requireBytes(String what, int bytes) {
    if (bytes > Limits.MAX_METADATA_BYTES) {
      throw tooComplex(
          "%s in the filter takes %d bytes, the limit is %d"
              .formatted(what, bytes, Limits.MAX_METADATA_BYTES),
          "no metadata is that long");
    }
  }

  static void requireValue(String field, MetadataValue value) {
    int _ = size(field, value, 0);
  }

  /** Bytes that a value takes at least, having checked it. */
  private static int size(String field, MetadataValue value, int depth) {
    return switch (value) {
      case NullValue _, BooleanValue _, LongValue _, DoubleValue _ -> 1;
      case StringValue(String text) -> {
        requireText("the value for '%s'".formatted(Violation.printable(field)), text);
        yield 1 + text.length();
      }
      case ArrayValue(List<MetadataValue> values) -> arraySize(field, values, depth + 1);
    };
  }

  private static int arraySize(String field, List<MetadataValue> values, int depth) {
    if (depth > Limits.MAX_METADATA_DEPTH) {
      throw tooComplex(
          "the array for '%s' in the filter nests more than %d deep"
              .formatted(Violation.printable(field), Limits.MAX_METADATA_DEPTH),
          "no metadata nests deeper");
    }
    int size = 1;
    for (MetadataValue value : values) {
      size += size(field, value, depth);
      requireBytes("the array for '%s'".formatted(Violation.printable(field)), size);
    }
    return size;
  }

  static void requireOrdered(String field, Comparison comparison, MetadataValue value) {
    boolean ordered =
        switch (value) {
          case LongValue _, DoubleValue _, StringValue _ -> true;
          case NullValue _, BooleanValue _, ArrayValue _ -> false;
        };
    if (!ordered) {
      throw bad(
          "'%s' %s %s compares with what has no order, expected a number or a text"
              .formatted(Violation.printable(field), comparison.sign(), FilterText.of(value)),
          "use eq, ne, in or contains");
    }
  }

  static void requireFew(String field, int values) {
    if (values > Limits.MAX_FILTER_VALUES) {
      throw tooComplex(
          "the filter has %d values for '%s', the limit is %d"
              .formatted(values, Violation.printable(field), Limits.MAX_FILTER_VALUES),
          "mark such entries with a field of their own, and filter by that");
    }
  }

  static MetadataValue finite(String field, double number) {
    if (!Double.isFinite(number)) {
      throw bad(
          "the filter compares '%s' with %s, expected a finite number"
              .formatted(Violation.printable(field), number),
          "use exists to ask whether there is any value");
    }
    return new DoubleValue(number);
  }

  /** Refuses what is too large to go into one more filter. */
  static void requireSimple(List<Filter> filters) {
    Size size = Size.of(filters);
    if (size.depth > Limits.MAX_FILTER_DEPTH) {
      throw tooComplex(
          "the filter nests %d deep, the limit is %d"
              .formatted(size.depth, Limits.MAX_FILTER_DEPTH),
          "put conditions of one kind into one 'and' or 'or'");
    }
    if (size.conditions > Limits.MAX_FILTER_CONDITIONS) {
      throw tooComplex(
          "the filter has %d conditions, the limit is %d"
              .formatted(size.conditions, Limits.MAX_FILTER_CONDITIONS),
          "use one 'in' instead of many 'eq'");
    }
    if (size.values > Limits.MAX_FILTER_VALUES) {
      throw tooComplex(
          "the filter has %d values, the limit is %d"
              .formatted(size.values, Limits.MAX_FILTER_VALUES),
          "mark such entries with a field of their own, and filter by that");
    }
  }

  /**
   * How large a filter is.
   *
   * @param depth levels, a single condition being one
   * @param conditions conditions on fields
   * @param values values that fields are compared with
   */
  private record Size(int depth, int conditions, int values) {

    static Size of(List<Filter> filters) {
      int depth = 0;
      int conditions = 0;
      int values = 0;
      for (Filter filter : filters) {
        Size size = of(filter);
        depth = Math.max(depth, size.depth);
        conditions += size.conditions;
        values += size.values;
      }
      return new Size(depth + 1, conditions, values);
    }

    private static Size of(Filter filter) {
      return switch (filter) {
        case And(List<Filter> filters) -> of(filters);
        case Or(List<Filter> filters) -> of(filters);
        case Not(Filter negated) -> of(List.of(negated));
        case In(String _, List<MetadataValue> values) -> new Size(1, 1, values.size());
        case Eq _, Compare _, Exists _, Prefix _, Contains _ -> new Size(1, 1, 1);
      };
    }
  }

  private static ValidationException bad(String detail, String hint) {
    return new ValidationException(Violation.Code.BAD_FILTER, detail, hint);
  }

  private static ValidationException tooComplex(String detail, String hint) {
    return new ValidationException(Violation.Code.FILTER_TOO_COMPLEX, detail, hint);
  }
}
