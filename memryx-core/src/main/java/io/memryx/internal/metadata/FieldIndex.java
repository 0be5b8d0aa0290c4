package io.memryx.internal.metadata;

import io.memryx.Filter.Comparison;
import io.memryx.internal.metadata.EncodedValue.Kind;
import io.memryx.internal.metadata.RowsByTerm.Range;
import java.util.List;
import java.util.Optional;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which rows have which value in one field. Of arrays, their elements are indexed but not what they
 * are as a whole, nor arrays inside of them. Immutable.
 */
final class FieldIndex {
  /** A field with longer values holds texts to read, by which nobody filters. */
  private static final int MAX_VALUE_BYTES = 512;

  /** What {@link Terms} takes for a value of which there is only one row. */
  private static final int TERM_BYTES = 6;

  /**
   * Elements of arrays that are collected for each byte of the budget. Each takes 8 bytes until the
   * index is made, 4 or, as a bit of a bitmap, less in it: arrays of hundreds of elements would not
   * fit in the end, but take several times the memory of all metadata before that is known.
   */
  private static final int PLACES_FOR_BYTE = 2;

  private final RoaringBitmap present;
  private final RoaringBitmap arrays;
  private final Terms values;
  private final Terms elements;

  private FieldIndex(RoaringBitmap present, RoaringBitmap arrays, Terms values, Terms elements) {
    this.present = present;
    this.arrays = arrays;
    this.values = values;
    this.elements = elements;
  }

  /**
   * Indexes a field, unless its values are too long or too many for so many bytes. Takes up to 40
   * times as many meanwhile for arrays; without those 12 a row, and some 80 a distinct value.
   */
  static Optional<FieldIndex> build(EncodedRows rows, String field, long budgetBytes) {
    var locator = new FieldLocator(List.of(field));
    var present = new RoaringBitmap();
    var arrays = new RoaringBitmap();
    var values = new TermCollector(rows);
    var elements = new TermCollector(rows);
    for (int row = 0; row < rows.size(); row++) {
      locator.moveTo(rows, row);
      if (!locator.has(0)) {
        continue;
      }
      present.add(row);
      int at = locator.value(0);
      if (EncodedValue.kind(locator.row(), at) == Kind.ARRAY) {
        arrays.add(row);
        addElements(elements, row, locator);
      } else {
        values.add(row, at);
      }
      if (Math.max(values.longestBytes(), elements.longestBytes()) > MAX_VALUE_BYTES) {
        return Optional.empty();
      }
      if ((long) TERM_BYTES * (values.size() + elements.size()) > budgetBytes) {
        return Optional.empty();
      }
      if (elements.places() > PLACES_FOR_BYTE * budgetBytes) {
        return Optional.empty();
      }
    }
    var index = new FieldIndex(packed(present), packed(arrays), values.build(), elements.build());
    return index.bytes() > budgetBytes ? Optional.empty() : Optional.of(index);
  }

  private static RoaringBitmap packed(RoaringBitmap rows) {
    rows.runOptimize();
    rows.trim();
    return rows;
  }

  private static void addElements(TermCollector elements, int row, FieldLocator found) {
    byte[] bytes = found.row();
    int array = found.value(0);
    int at = EncodedValue.elements(bytes, array);
    for (int i = EncodedValue.elementCount(bytes, array); i > 0; i--) {
      if (EncodedValue.kind(bytes, at) != Kind.ARRAY) {
        elements.add(row, at);
      }
      at = EncodedValue.end(bytes, at);
    }
  }

  /** Rows that have the field. */
  MatchBounds exists() {
    return MatchBounds.exactly(present);
  }

  /** Rows whose value equals one, given encoded. */
  MatchBounds equalTo(byte[] value) {
    return isArray(value)
        ? MatchBounds.within(arrays)
        : MatchBounds.exactly(values.rows(equal(values, value)));
  }

  /** Rows whose value equals one of some, given encoded. */
  MatchBounds equalToAny(List<byte[]> wanted) {
    RoaringBitmap certain =
        FastAggregation.or(
            wanted.stream()
                .filter(value -> !isArray(value))
                .map(value -> values.rows(equal(values, value)))
                .toArray(RoaringBitmap[]::new));
    return wanted.stream().anyMatch(FieldIndex::isArray)
        ? new MatchBounds(certain, RoaringBitmap.or(certain, arrays))
        : MatchBounds.exactly(certain);
  }

  /** Rows that have an array with an element that equals one, given encoded. */
  MatchBounds containing(byte[] element) {
    return isArray(element)
        ? MatchBounds.within(arrays)
        : MatchBounds.exactly(elements.rows(equal(elements, element)));
  }

  private static boolean isArray(byte[] value) {
    return EncodedValue.kind(value, 0) == Kind.ARRAY;
  }

  private static Range equal(Terms terms, byte[] value) {
    return terms.between(
        (bytes, at) -> EncodedValue.compare(bytes, at, value, 0) >= 0,
        (bytes, at) -> EncodedValue.compare(bytes, at, value, 0) > 0);
  }

  /** Rows whose value lies on that side of a number or text, given encoded. */
  MatchBounds compared(Comparison comparison, byte[] bound) {
    Kind kind = EncodedValue.kind(bound, 0);
    Terms.Threshold kindBegins = (bytes, at) -> EncodedValue.kind(bytes, at).compareTo(kind) >= 0;
    Terms.Threshold kindEnds = (bytes, at) -> EncodedValue.kind(bytes, at).compareTo(kind) > 0;
    Terms.Threshold atBound = (bytes, at) -> EncodedValue.compare(bytes, at, bound, 0) >= 0;
    Terms.Threshold beyond = (bytes, at) -> EncodedValue.compare(bytes, at, bound, 0) > 0;
    return MatchBounds.exactly(
        values.rows(
            switch (comparison) {
              case GT -> values.between(beyond, kindEnds);
              case GTE -> values.between(atBound, kindEnds);
              case LT -> values.between(kindBegins, atBound);
              case LTE -> values.between(kindBegins, beyond);
            }));
  }

  /** Rows whose value is a text that begins with one, given encoded. */
  MatchBounds beginningWith(byte[] prefix) {
    Terms.Threshold atPrefix = (bytes, at) -> EncodedValue.compare(bytes, at, prefix, 0) >= 0;
    return MatchBounds.exactly(
        values.rows(
            values.between(
                atPrefix,
                (bytes, at) ->
                    atPrefix.reached(bytes, at)
                        && !EncodedValue.startsWith(bytes, at, prefix, 0))));
  }

  /** Memory. */
  long bytes() {
    return present.getLongSizeInBytes()
        + arrays.getLongSizeInBytes()
        + values.bytes()
        + elements.bytes();
  }
}
