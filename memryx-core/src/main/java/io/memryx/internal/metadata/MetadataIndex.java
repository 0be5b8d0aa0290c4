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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which rows have which values, for the fields that fit a budget. A filter on other fields is
 * answered all the same: by looking at the rows that the index leaves in doubt. Immutable,
 * thread-safe.
 */
public final class MetadataIndex {
  /** More fields than this are not indexed: each takes a walk over all rows to build. */
  private static final int MAX_FIELDS = 64;

  private final EncodedRows rows;
  private final FieldNames names;
  private final Map<String, FieldIndex> fields;

  private MetadataIndex(EncodedRows rows, FieldNames names, Map<String, FieldIndex> fields) {
    this.rows = rows;
    this.names = names;
    this.fields = fields;
  }

  /**
   * Indexes rows that don't change any more. If not all fields fit the budget, the largest are left
   * out, so that as many as possible are in.
   */
  public static MetadataIndex build(EncodedRows rows, long budgetBytes) {
    FieldNames names = FieldNames.of(rows);
    Map<String, FieldIndex> fields = new HashMap<>();
    long bytes = 0;
    for (String field : names.mostFrequent(MAX_FIELDS)) {
      FieldIndex built = FieldIndex.build(rows, field, budgetBytes).orElse(null);
      if (built != null) {
        fields.put(field, built);
        bytes += built.bytes();
      }
      while (bytes > budgetBytes) {
        bytes -= removeLargest(fields);
      }
    }
    return new MetadataIndex(rows, names, Map.copyOf(fields));
  }

  private static long removeLargest(Map<String, FieldIndex> fields) {
    var largest =
        fields.entrySet().stream()
            .max(
                Comparator.<Map.Entry<String, FieldIndex>>comparingLong(
                        field -> field.getValue().bytes())
                    .thenComparing(Map.Entry::getKey))
            .orElseThrow();
    fields.remove(largest.getKey());
    return largest.getValue().bytes();
  }

  /** What is known about the rows that pass a filter, without looking at any row. */
  public Selection select(Filter filter) {
    return new Selection(rows, filter, bounds(filter));
  }

  private MatchBounds bounds(Filter filter) {
    return switch (filter) {
      case And(List<Filter> filters) ->
          filters.stream().map(this::bounds).reduce(MatchBounds::and).orElseThrow();
      case Or(List<Filter> filters) ->
          filters.stream().map(this::bounds).reduce(MatchBounds::or).orElseThrow();
      case Not(Filter negated) -> bounds(negated).not(rows.size());
      case Eq(String field, MetadataValue value) ->
          on(field, index -> index.equalTo(MetadataCodec.encode(value)));
      case In(String field, List<MetadataValue> values) ->
          on(field, index -> index.equalToAny(values.stream().map(MetadataCodec::encode).toList()));
      case Compare(String field, Comparison comparison, MetadataValue value) ->
          on(field, index -> index.compared(comparison, MetadataCodec.encode(value)));
      case Exists(String field) -> on(field, FieldIndex::exists);
      case Prefix(String field, MetadataValue prefix) ->
          on(field, index -> index.beginningWith(MetadataCodec.encode(prefix)));
      case Contains(String field, MetadataValue element) ->
          on(field, index -> index.containing(MetadataCodec.encode(element)));
    };
  }

  private MatchBounds on(String field, Function<FieldIndex, MatchBounds> condition) {
    FieldIndex index = fields.get(field);
    if (index != null) {
      return condition.apply(index);
    }
    return names.lack(field)
        ? MatchBounds.exactly(new RoaringBitmap())
        : MatchBounds.within(RoaringBitmap.bitmapOfRange(0L, rows.size()));
  }

  /** Whether filters on a field are answered without looking at rows, but for whole arrays. */
  public boolean covers(String field) {
    return fields.containsKey(field) || names.lack(field);
  }

  /** Memory. */
  public long bytes() {
    return names.bytes() + fields.values().stream().mapToLong(FieldIndex::bytes).sum();
  }
}
