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
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which rows have which values, field by field. A field is indexed when the first filter asks about
 * it: who filters by nothing pays for nothing, and a budget goes to fields that are asked about. A
 * filter on a field that does not fit is answered all the same: by looking at the rows that the
 * index leaves in doubt. Thread-safe: a field is indexed once, while others that ask about a field
 * not indexed yet wait.
 */
public final class MetadataIndex {
  private final EncodedRows rows;
  private final long budgetBytes;
  private final ReentrantLock indexing = new ReentrantLock();

  /** Replaced once, under {@link #indexing}. */
  private volatile @Nullable FieldNames names;

  /**
   * What was asked about so far; empty for what did not fit. Replaced as a whole, under {@link
   * #indexing}.
   */
  private volatile Map<String, Optional<FieldIndex>> fields = Map.of();

  /**
   * Nothing yet of rows that don't change any more.
   *
   * @param budgetBytes for all fields together. When they take more, the largest is left out, for
   *     good, so that as many as possible are in
   */
  public MetadataIndex(EncodedRows rows, long budgetBytes) {
    this.rows = rows;
    this.budgetBytes = budgetBytes;
  }

  /** The fields that were asked about so far, but for those that no row has. */
  public Set<String> fields() {
    return fields.keySet();
  }

  /** Indexes some fields, if there are such and they fit. */
  public void prepare(Collection<String> asked) {
    asked.forEach(this::index);
  }

  private Optional<FieldIndex> index(String field) {
    Optional<FieldIndex> known = fields.get(field);
    if (known != null) {
      return known;
    }
    return names().know(field) ? indexOnce(field) : Optional.empty();
  }

  private FieldNames names() {
    FieldNames known = names;
    if (known != null) {
      return known;
    }
    indexing.lock();
    try {
      known = names == null ? FieldNames.of(rows) : names;
      names = known;
      return known;
    } finally {
      indexing.unlock();
    }
  }

  private Optional<FieldIndex> indexOnce(String field) {
    indexing.lock();
    try {
      if (!fields.containsKey(field)) {
        Map<String, Optional<FieldIndex>> more = new HashMap<>(fields);
        more.put(field, FieldIndex.build(rows, field, budgetBytes));
        while (bytes(more) > budgetBytes) {
          more.put(largest(more), Optional.empty());
        }
        fields = Map.copyOf(more);
      }
      return fields.getOrDefault(field, Optional.empty());
    } finally {
      indexing.unlock();
    }
  }

  private static String largest(Map<String, Optional<FieldIndex>> fields) {
    return fields.entrySet().stream()
        .max(
            Comparator.<Map.Entry<String, Optional<FieldIndex>>>comparingLong(
                    field -> bytes(field.getValue()))
                .thenComparing(Map.Entry::getKey))
        .orElseThrow()
        .getKey();
  }

  private static long bytes(Map<String, Optional<FieldIndex>> fields) {
    return fields.values().stream().mapToLong(MetadataIndex::bytes).sum();
  }

  private static long bytes(Optional<FieldIndex> field) {
    return field.map(FieldIndex::bytes).orElse(0L);
  }

  /**
   * What is known about the rows that pass a filter, without looking at any row of fields that are
   * indexed.
   */
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
    return index(field).map(condition).orElseGet(() -> withoutIndex(field));
  }

  private MatchBounds withoutIndex(String field) {
    return names().lack(field)
        ? MatchBounds.exactly(new RoaringBitmap())
        : MatchBounds.within(RoaringBitmap.bitmapOfRange(0L, rows.size()));
  }

  /** Memory of what is there by now. */
  public long bytes() {
    FieldNames known = names;
    return (known == null ? 0 : known.bytes()) + bytes(fields);
  }
}
