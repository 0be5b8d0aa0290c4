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
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The meaning of filters, spelt out on decoded metadata: slow, obvious, and the specification of
 * what collections do with encoded metadata.
 */
final class FilterMatching {
  private FilterMatching() {}

  static boolean matches(Filter filter, Metadata metadata) {
    return switch (filter) {
      case And(List<Filter> filters) -> filters.stream().allMatch(one -> matches(one, metadata));
      case Or(List<Filter> filters) -> filters.stream().anyMatch(one -> matches(one, metadata));
      case Not(Filter negated) -> !matches(negated, metadata);
      case Eq(String field, MetadataValue value) ->
          holds(metadata, field, found -> equal(found, value));
      case In(String field, List<MetadataValue> values) ->
          holds(metadata, field, found -> values.stream().anyMatch(value -> equal(found, value)));
      case Compare(String field, Comparison comparison, MetadataValue value) ->
          holds(metadata, field, found -> order(found, value).stream().anyMatch(comparison::holds));
      case Exists(String field) -> holds(metadata, field, found -> true);
      case Prefix(String field, StringValue(String prefix)) ->
          holds(
              metadata,
              field,
              found -> found instanceof StringValue(String text) && text.startsWith(prefix));
      case Contains(String field, MetadataValue element) ->
          holds(
              metadata,
              field,
              found ->
                  found instanceof ArrayValue(List<MetadataValue> values)
                      && values.stream().anyMatch(value -> equal(value, element)));
    };
  }

  private static boolean holds(
      Metadata metadata, String field, Predicate<MetadataValue> condition) {
    return metadata.get(field).filter(condition).isPresent();
  }

  private static boolean equal(MetadataValue a, MetadataValue b) {
    return switch (a) {
      case LongValue _, DoubleValue _, StringValue _ ->
          order(a, b).stream().anyMatch(order -> order == 0);
      case NullValue _, BooleanValue _ -> a.equals(b);
      case ArrayValue(List<MetadataValue> values) ->
          b instanceof ArrayValue(List<MetadataValue> others) && equal(values, others);
    };
  }

  private static boolean equal(List<MetadataValue> values, List<MetadataValue> others) {
    boolean equal = values.size() == others.size();
    for (int i = 0; equal && i < values.size(); i++) {
      equal = equal(values.get(i), others.get(i));
    }
    return equal;
  }

  /** How two numbers or two texts compare; empty for anything else. */
  private static OptionalInt order(MetadataValue a, MetadataValue b) {
    return switch (a) {
      case LongValue(long number) -> order(BigDecimal.valueOf(number), b);
      // The constructor, unlike valueOf, takes the double for the number that it is.
      case DoubleValue(double number) -> order(new BigDecimal(number), b);
      case StringValue(String text) when b instanceof StringValue(String other) ->
          OptionalInt.of(Arrays.compareUnsigned(utf8(text), utf8(other)));
      case StringValue _, NullValue _, BooleanValue _, ArrayValue _ -> OptionalInt.empty();
    };
  }

  private static OptionalInt order(BigDecimal number, MetadataValue b) {
    return switch (b) {
      case LongValue(long other) -> OptionalInt.of(number.compareTo(BigDecimal.valueOf(other)));
      case DoubleValue(double other) -> OptionalInt.of(number.compareTo(new BigDecimal(other)));
      case StringValue _, NullValue _, BooleanValue _, ArrayValue _ -> OptionalInt.empty();
    };
  }

  /** Bytes whose unsigned order is that of the code points. */
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
