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
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A filter as people would write it: {@code lang = "en" and year >= 2000}. For reading only. */
final class FilterText {
  private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]{0,79}");

  /** More values than this are counted, not shown. */
  private static final int SHOWN_VALUES = 8;

  private FilterText() {}

  static String of(Filter filter) {
    return switch (filter) {
      case And(List<Filter> filters) -> joined(filters, " and ");
      case Or(List<Filter> filters) -> joined(filters, " or ");
      case Not(Filter negated) -> negation(negated);
      case Eq(String field, MetadataValue value) -> name(field) + " = " + of(value);
      case In(String field, List<MetadataValue> values) -> name(field) + " in " + list(values);
      case Compare(String field, Comparison comparison, MetadataValue value) ->
          name(field) + " " + comparison.sign() + " " + of(value);
      case Exists(String field) -> name(field) + " exists";
      case Prefix(String field, StringValue prefix) -> name(field) + " begins with " + of(prefix);
      case Contains(String field, MetadataValue element) ->
          name(field) + " contains " + of(element);
    };
  }

  private static String negation(Filter negated) {
    return switch (negated) {
      case Eq(String field, MetadataValue value) -> name(field) + " != " + of(value);
      case In(String field, List<MetadataValue> values) -> name(field) + " not in " + list(values);
      case Exists(String field) -> name(field) + " is missing";
      case And _, Or _, Not _, Compare _, Prefix _, Contains _ -> "not (" + of(negated) + ")";
    };
  }

  private static String joined(List<Filter> filters, String word) {
    return filters.stream().map(FilterText::part).collect(Collectors.joining(word));
  }

  private static String part(Filter filter) {
    return switch (filter) {
      case And _, Or _ -> "(" + of(filter) + ")";
      case Not _, Eq _, In _, Compare _, Exists _, Prefix _, Contains _ -> of(filter);
    };
  }

  private static String name(String field) {
    return PLAIN_NAME.matcher(field).matches() ? field : quoted(field);
  }

  static String of(MetadataValue value) {
    return switch (value) {
      case NullValue() -> "null";
      case BooleanValue(boolean truth) -> String.valueOf(truth);
      case LongValue(long number) -> String.valueOf(number);
      case DoubleValue(double number) -> String.valueOf(number);
      case StringValue(String text) -> quoted(text);
      case ArrayValue(List<MetadataValue> values) -> list(values);
    };
  }

  private static String list(List<MetadataValue> values) {
    String more =
        values.size() <= SHOWN_VALUES
            ? "]"
            : ", and %d more]".formatted(values.size() - SHOWN_VALUES);
    return values.stream()
        .limit(SHOWN_VALUES)
        .map(FilterText::of)
        .collect(Collectors.joining(", ", "[", more));
  }

  private static String quoted(String text) {
    return '"' + Violation.printable(text) + '"';
  }
}
