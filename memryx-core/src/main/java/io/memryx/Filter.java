package io.memryx;

import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A condition on the metadata of an entry. Immutable and thread-safe.
 *
 * {@snippet file="io/memryx/SnippetsTest.java" region="filter"}
 *
 * <p>What holds:
 *
 * <ul>
 *   <li>A missing field fails every comparison. {@link #ne} and {@link #notIn} are the negations of
 *       {@link #eq} and {@link #in}, so a missing field passes them.
 *   <li>A field that is there but null is not missing: it {@link #exists} and equals null.
 *   <li>Values of different kinds are never equal and never in an order; that is no error.
 *   <li>Whole numbers and others are one kind and compared exactly, without rounding: 1 equals 1.0,
 *       2<sup>53</sup> + 1 does not equal 2<sup>53</sup> as a double, and minus zero equals zero.
 *   <li>Texts are compared exactly, in the order of their code points, as ids are.
 *   <li>Arrays are equal if they are as long and equal element by element. A comparison does not
 *       look into an array; {@link #contains} does, one level deep.
 * </ul>
 *
 * <p>A filter nests at most {@link Limits#MAX_FILTER_DEPTH} deep and has at most {@link
 * Limits#MAX_FILTER_CONDITIONS} conditions and {@link Limits#MAX_FILTER_VALUES} values. Every
 * constructor and factory throws {@link ValidationException} where these or the rules of a single
 * condition are broken.
 */
public sealed interface Filter {

  /** All of these hold. */
  record And(List<Filter> filters) implements Filter {
    /** Copies the list, which has at least one filter. */
    public And {
      filters = List.copyOf(filters);
      FilterRules.requireSome("and", filters);
      FilterRules.requireSimple(filters);
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** At least one of these holds. */
  record Or(List<Filter> filters) implements Filter {
    /** Copies the list, which has at least one filter. */
    public Or {
      filters = List.copyOf(filters);
      FilterRules.requireSome("or", filters);
      FilterRules.requireSimple(filters);
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** This does not hold. */
  record Not(Filter filter) implements Filter {
    /** Refuses what nests too deep. */
    public Not {
      FilterRules.requireSimple(List.of(filter));
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** The field's value equals this one. */
  record Eq(String field, MetadataValue value) implements Filter {
    /** Refuses names and values that no metadata can have. */
    public Eq {
      FilterRules.requireField(field);
      FilterRules.requireValue(field, value);
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** The field's value equals one of these; of none, if there are none. */
  record In(String field, List<MetadataValue> values) implements Filter {
    /** Copies the list; refuses names and values that no metadata can have. */
    public In {
      FilterRules.requireField(field);
      FilterRules.requireFew(field, values.size());
      values = List.copyOf(values);
      for (MetadataValue value : values) {
        FilterRules.requireValue(field, value);
      }
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /**
   * The field's value lies on this side of that one: a number among numbers, a text among texts.
   */
  record Compare(String field, Comparison comparison, MetadataValue value) implements Filter {
    /** Refuses values that have no order. */
    public Compare {
      FilterRules.requireField(field);
      FilterRules.requireValue(field, value);
      FilterRules.requireOrdered(field, comparison, value);
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** The field is there, be it null. */
  record Exists(String field) implements Filter {
    /** Refuses names that no field can have. */
    public Exists {
      FilterRules.requireField(field);
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** The field is a text that begins like this; every text begins with the empty one. */
  record Prefix(String field, StringValue prefix) implements Filter {
    /** Refuses names and texts that no metadata can have. */
    public Prefix {
      FilterRules.requireField(field);
      FilterRules.requireValue(field, prefix);
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** The field is an array with an element that equals this one. */
  record Contains(String field, MetadataValue element) implements Filter {
    /** Refuses names and values that no metadata can have. */
    public Contains {
      FilterRules.requireField(field);
      FilterRules.requireValue(field, element);
    }

    @Override
    public String toString() {
      return FilterText.of(this);
    }
  }

  /** The sides of a value. */
  enum Comparison {
    /** Greater than. */
    GT(">"),
    /** Greater than or equal. */
    GTE(">="),
    /** Less than. */
    LT("<"),
    /** Less than or equal. */
    LTE("<=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    /** As people write it. */
    public String sign() {
      return sign;
    }

    /**
     * Whether a value lies on this side.
     *
     * @param order how it compares: negative, zero or positive for less, equal or greater
     */
    public boolean holds(int order) {
      return switch (this) {
        case GT -> order > 0;
        case GTE -> order >= 0;
        case LT -> order < 0;
        case LTE -> order <= 0;
      };
    }
  }

  /** Whether metadata passes. Takes time in proportion to the filter's size. */
  default boolean matches(Metadata metadata) {
    return FilterMatching.matches(this, metadata);
  }

  /** This and the other. */
  default Filter and(Filter other) {
    var all = new ArrayList<>(this instanceof And(List<Filter> filters) ? filters : List.of(this));
    all.add(other);
    return new And(all);
  }

  /** This or the other. */
  default Filter or(Filter other) {
    var any = new ArrayList<>(this instanceof Or(List<Filter> filters) ? filters : List.of(this));
    any.add(other);
    return new Or(any);
  }

  /** The opposite. */
  static Filter not(Filter filter) {
    return filter instanceof Not(Filter opposite) ? opposite : new Not(filter);
  }

  /** All of these hold; at least one is given. */
  static Filter allOf(Filter... filters) {
    return new And(List.of(filters));
  }

  /** At least one of these holds; at least one is given. */
  static Filter anyOf(Filter... filters) {
    return new Or(List.of(filters));
  }

  /** The field equals a text. */
  static Filter eq(String field, String value) {
    return eq(field, new StringValue(value));
  }

  /** The field equals a whole number. */
  static Filter eq(String field, long value) {
    return eq(field, new LongValue(value));
  }

  /** The field equals a number, which must be finite. */
  static Filter eq(String field, double value) {
    return eq(field, FilterRules.finite(field, value));
  }

  /** The field equals true or false. */
  static Filter eq(String field, boolean value) {
    return eq(field, new BooleanValue(value));
  }

  /** The field equals any value. */
  static Filter eq(String field, MetadataValue value) {
    return new Eq(field, value);
  }

  /** The field is there and null. */
  static Filter isNull(String field) {
    return eq(field, new NullValue());
  }

  /** The field is missing or anything but that text. */
  static Filter ne(String field, String value) {
    return not(eq(field, value));
  }

  /** The field is missing or anything but that whole number. */
  static Filter ne(String field, long value) {
    return not(eq(field, value));
  }

  /** The field is missing or anything but that number, which must be finite. */
  static Filter ne(String field, double value) {
    return not(eq(field, value));
  }

  /** The field is missing or anything but that truth value. */
  static Filter ne(String field, boolean value) {
    return not(eq(field, value));
  }

  /** The field is missing or anything but that value. */
  static Filter ne(String field, MetadataValue value) {
    return not(eq(field, value));
  }

  /** The field equals one of some texts. */
  static Filter in(String field, String... values) {
    return in(field, Arrays.stream(values).map(StringValue::new).toList());
  }

  /** The field equals one of some whole numbers. */
  static Filter in(String field, long... values) {
    return in(field, Arrays.stream(values).mapToObj(LongValue::new).toList());
  }

  /** The field equals one of some values; no entry's does, if there are none. */
  static Filter in(String field, List<? extends MetadataValue> values) {
    return new In(field, Collections.unmodifiableList(values));
  }

  /** The field is missing or none of these texts. */
  static Filter notIn(String field, String... values) {
    return not(in(field, values));
  }

  /** The field is missing or none of these whole numbers. */
  static Filter notIn(String field, long... values) {
    return not(in(field, values));
  }

  /** The field is missing or none of these values. */
  static Filter notIn(String field, List<? extends MetadataValue> values) {
    return not(in(field, values));
  }

  /** The field is a text after that one. */
  static Filter gt(String field, String value) {
    return new Compare(field, Comparison.GT, new StringValue(value));
  }

  /** The field is a greater number. */
  static Filter gt(String field, long value) {
    return new Compare(field, Comparison.GT, new LongValue(value));
  }

  /** The field is a greater number; the one given must be finite. */
  static Filter gt(String field, double value) {
    return new Compare(field, Comparison.GT, FilterRules.finite(field, value));
  }

  /** The field is that text or one after it. */
  static Filter gte(String field, String value) {
    return new Compare(field, Comparison.GTE, new StringValue(value));
  }

  /** The field is that number or a greater one. */
  static Filter gte(String field, long value) {
    return new Compare(field, Comparison.GTE, new LongValue(value));
  }

  /** The field is that number, which must be finite, or a greater one. */
  static Filter gte(String field, double value) {
    return new Compare(field, Comparison.GTE, FilterRules.finite(field, value));
  }

  /** The field is a text before that one. */
  static Filter lt(String field, String value) {
    return new Compare(field, Comparison.LT, new StringValue(value));
  }

  /** The field is a smaller number. */
  static Filter lt(String field, long value) {
    return new Compare(field, Comparison.LT, new LongValue(value));
  }

  /** The field is a smaller number; the one given must be finite. */
  static Filter lt(String field, double value) {
    return new Compare(field, Comparison.LT, FilterRules.finite(field, value));
  }

  /** The field is that text or one before it. */
  static Filter lte(String field, String value) {
    return new Compare(field, Comparison.LTE, new StringValue(value));
  }

  /** The field is that number or a smaller one. */
  static Filter lte(String field, long value) {
    return new Compare(field, Comparison.LTE, new LongValue(value));
  }

  /** The field is that number, which must be finite, or a smaller one. */
  static Filter lte(String field, double value) {
    return new Compare(field, Comparison.LTE, FilterRules.finite(field, value));
  }

  /** The field is there, be it null. */
  static Filter exists(String field) {
    return new Exists(field);
  }

  /** The field is missing. */
  static Filter missing(String field) {
    return not(exists(field));
  }

  /** The field is a text that begins like this. */
  static Filter prefix(String field, String prefix) {
    return new Prefix(field, new StringValue(prefix));
  }

  /** The field is an array that has this text. */
  static Filter contains(String field, String element) {
    return contains(field, new StringValue(element));
  }

  /** The field is an array that has this whole number. */
  static Filter contains(String field, long element) {
    return contains(field, new LongValue(element));
  }

  /** The field is an array that has this number, which must be finite. */
  static Filter contains(String field, double element) {
    return contains(field, FilterRules.finite(field, element));
  }

  /** The field is an array that has this value; an {@link ArrayValue} is one element. */
  static Filter contains(String field, MetadataValue element) {
    return new Contains(field, element);
  }
}
