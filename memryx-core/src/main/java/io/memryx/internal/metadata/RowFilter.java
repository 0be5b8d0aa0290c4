package io.memryx.internal.metadata;

import io.memryx.Filter;
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
import io.memryx.MetadataValue;
import java.util.ArrayList;
import java.util.List;

/**
 * A filter made ready to look at encoded rows: walks over a row once, compares values where they
 * lie, allocates nothing. Not thread-safe: one per search.
 */
public final class RowFilter {
  private final List<String> fields = new ArrayList<>();
  private final Condition condition;
  private final FieldLocator locator;

  /** Makes a filter ready. */
  public RowFilter(Filter filter) {
    this.condition = compile(filter);
    this.locator = new FieldLocator(fields);
  }

  /** Whether a row passes. */
  public boolean matches(EncodedRows rows, int row) {
    locator.moveTo(rows, row);
    return condition.holds(locator);
  }

  /** A filter, or a part of it, on the fields found in a row. */
  @FunctionalInterface
  private interface Condition {
    boolean holds(FieldLocator found);
  }

  /** What a filter asks of one value. */
  @FunctionalInterface
  private interface ValueCondition {
    boolean holds(byte[] bytes, int at);
  }

  private Condition compile(Filter filter) {
    return switch (filter) {
      case And(List<Filter> filters) -> all(compile(filters));
      case Or(List<Filter> filters) -> any(compile(filters));
      case Not(Filter negated) -> {
        Condition opposite = compile(negated);
        yield found -> !opposite.holds(found);
      }
      case Eq(String field, MetadataValue value) -> {
        byte[] wanted = MetadataCodec.encode(value);
        yield on(field, (bytes, at) -> EncodedValue.compare(bytes, at, wanted, 0) == 0);
      }
      case In(String field, List<MetadataValue> values) -> on(field, oneOf(values));
      case Compare(String field, Comparison comparison, MetadataValue value) ->
          on(field, compared(comparison, value));
      case Exists(String field) -> on(field, (bytes, at) -> true);
      case Prefix(String field, MetadataValue prefix) -> {
        byte[] beginning = MetadataCodec.encode(prefix);
        yield on(field, (bytes, at) -> EncodedValue.startsWith(bytes, at, beginning, 0));
      }
      case Contains(String field, MetadataValue element) -> {
        byte[] wanted = MetadataCodec.encode(element);
        yield on(field, (bytes, at) -> EncodedValue.contains(bytes, at, wanted, 0));
      }
    };
  }

  private Condition[] compile(List<Filter> filters) {
    return filters.stream().map(this::compile).toArray(Condition[]::new);
  }

  private static Condition all(Condition[] conditions) {
    return found -> {
      for (Condition condition : conditions) {
        if (!condition.holds(found)) {
          return false;
        }
      }
      return true;
    };
  }

  private static Condition any(Condition[] conditions) {
    return found -> {
      for (Condition condition : conditions) {
        if (condition.holds(found)) {
          return true;
        }
      }
      return false;
    };
  }

  private static ValueCondition compared(Comparison comparison, MetadataValue value) {
    byte[] bound = MetadataCodec.encode(value);
    EncodedValue.Kind kind = EncodedValue.kind(bound, 0);
    return (bytes, at) ->
        EncodedValue.kind(bytes, at) == kind
            && comparison.holds(EncodedValue.compare(bytes, at, bound, 0));
  }

  private static ValueCondition oneOf(List<MetadataValue> values) {
    byte[][] sorted =
        values.stream()
            .map(MetadataCodec::encode)
            .sorted((a, b) -> EncodedValue.compare(a, 0, b, 0))
            .toArray(byte[][]::new);
    return (bytes, at) -> contains(sorted, bytes, at);
  }

  private static boolean contains(byte[][] sorted, byte[] bytes, int at) {
    int low = 0;
    int high = sorted.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = EncodedValue.compare(bytes, at, sorted[middle], 0);
      if (order == 0) {
        return true;
      }
      low = order > 0 ? middle + 1 : low;
      high = order < 0 ? middle - 1 : high;
    }
    return false;
  }

  private Condition on(String field, ValueCondition condition) {
    int slot = slot(field);
    return found -> found.has(slot) && condition.holds(found.row(), found.value(slot));
  }

  private int slot(String field) {
    int known = fields.indexOf(field);
    if (known >= 0) {
      return known;
    }
    fields.add(field);
    return fields.size() - 1;
  }
}
