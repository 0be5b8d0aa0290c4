package io.memryx.persistence.model;

import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Metadata;
import io.memryx.MetadataValue.LongValue;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The part of a collection that a player answers for: all of it, or the entries of one owner, while
 * others play with the rest. Entry n is owned by n mod {@link #OWNERS}, and its metadata says so.
 */
record Scope(OptionalInt owner) {
  static final Scope ALL = new Scope(OptionalInt.empty());
  static final int OWNERS = 3;

  private static final String FIELD = "owner";

  /** Beginnings of ids whose order by code point is another than by UTF-16 unit. */
  private static final String[] BEGINNINGS = {"id", "I", "\uFF5E", "🎈"};

  static Scope of(int owner) {
    return new Scope(OptionalInt.of(owner));
  }

  /** Whether others change the collection at the same time. */
  boolean isShared() {
    return owner.isPresent();
  }

  /** The id of a number, moved to one that this scope owns. */
  String id(int number) {
    int owned = owned(number);
    return BEGINNINGS[owned % BEGINNINGS.length] + owned;
  }

  private int owned(int number) {
    return owner.isPresent() ? number - number % OWNERS + owner.getAsInt() : number;
  }

  Entry entry(Operation.Row row, VectorPool vectors) {
    Metadata.Builder metadata = Metadata.builder().put(FIELD, owned(row.id()) % OWNERS);
    row.metadata().fields().forEach(metadata::put);
    return Entry.of(id(row.id()), vectors.at(row.vector()), metadata.build());
  }

  boolean has(Entry entry) {
    return owner.isEmpty()
        || entry.metadata().get(FIELD).equals(Optional.of(new LongValue(owner.getAsInt())));
  }

  /** What of this scope passes a filter, or all of it. */
  Optional<Filter> narrowed(Optional<Filter> filter) {
    if (owner.isEmpty()) {
      return filter;
    }
    Filter owned = Filter.eq(FIELD, owner.getAsInt());
    return Optional.of(filter.map(owned::and).orElse(owned));
  }

  Filter narrowed(Filter filter) {
    return narrowed(Optional.of(filter)).orElse(filter);
  }
}
