package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Filter.Comparison;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import io.memryx.Violation.Code;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FilterTest {
  private static final long BEYOND_DOUBLES = (1L << 53) + 1;

  private static Metadata with(MetadataValue value) {
    return Metadata.builder().put("x", value).build();
  }

  private static void passes(Filter filter, Metadata... some) {
    for (Metadata metadata : some) {
      assertTrue(filter.matches(metadata), filter + " on " + metadata);
    }
  }

  private static void fails(Filter filter, Metadata... some) {
    for (Metadata metadata : some) {
      assertFalse(filter.matches(metadata), filter + " on " + metadata);
    }
  }

  private static Metadata number(long value) {
    return with(new LongValue(value));
  }

  private static Metadata number(double value) {
    return with(new DoubleValue(value));
  }

  private static Metadata text(String value) {
    return with(new StringValue(value));
  }

  private static Metadata array(MetadataValue... values) {
    return with(new ArrayValue(List.of(values)));
  }

  private static final Metadata NOTHING = Metadata.empty();
  private static final Metadata NULL = with(new NullValue());
  private static final Metadata TRUE = with(new BooleanValue(true));

  @Test
  void everyComparison_missingField_fails() {
    for (Filter filter :
        List.of(
            Filter.eq("x", "a"),
            Filter.isNull("x"),
            Filter.in("x", 1, 2),
            Filter.gt("x", 0),
            Filter.gte("x", 0),
            Filter.lt("x", 0),
            Filter.lte("x", 0),
            Filter.exists("x"),
            Filter.prefix("x", ""),
            Filter.contains("x", "a"))) {
      fails(filter, NOTHING, Metadata.of("y", "a"));
      passes(Filter.not(filter), NOTHING, Metadata.of("y", "a"));
    }
  }

  @Test
  void ne_isTheNegationOfEq_soMissingFieldsAndOtherKindsPass() {
    passes(Filter.ne("x", "a"), NOTHING, NULL, TRUE, text("b"), text("A"), text("aa"), number(1));
    fails(Filter.ne("x", "a"), text("a"));
    passes(Filter.notIn("x", 1, 2), NOTHING, NULL, number(3), number(1.5), text("1"));
    fails(Filter.notIn("x", 1, 2), number(1), number(2.0));
    passes(Filter.ne("x", true), NOTHING, with(new BooleanValue(false)), text("true"));
    fails(Filter.ne("x", true), TRUE);
  }

  @Test
  void exists_nullValue_isThere() {
    passes(Filter.exists("x"), NULL, TRUE, text(""), array());
    fails(Filter.missing("x"), NULL);
    passes(Filter.missing("x"), NOTHING);
    passes(Filter.isNull("x"), NULL);
    fails(Filter.isNull("x"), NOTHING, number(0), text(""), array());
  }

  @Test
  void numbers_ofBothKinds_compareExactly() {
    passes(Filter.eq("x", 1), number(1), number(1.0));
    passes(Filter.eq("x", 1.0), number(1), number(1.0));
    passes(Filter.eq("x", 0), number(-0.0), number(0.0), number(0));
    passes(Filter.eq("x", -0.0), number(0), number(0.0));
    double rounded = BEYOND_DOUBLES;
    fails(Filter.eq("x", BEYOND_DOUBLES), number(rounded), number(BEYOND_DOUBLES - 1));
    fails(Filter.eq("x", rounded), number(BEYOND_DOUBLES));
    passes(Filter.gt("x", rounded), number(BEYOND_DOUBLES));
    passes(Filter.lt("x", BEYOND_DOUBLES), number(rounded));
    fails(Filter.gte("x", BEYOND_DOUBLES), number(rounded));
    // As a double, the largest long would be 2^63.
    passes(Filter.lt("x", 0x1p63), number(Long.MAX_VALUE));
    fails(Filter.eq("x", 0x1p63), number(Long.MAX_VALUE));
    passes(Filter.eq("x", -0x1p63), number(Long.MIN_VALUE));
    passes(Filter.gt("x", Long.MAX_VALUE), number(1e300), number(0x1p63));
    passes(Filter.lt("x", -2.5), number(-3));
    passes(Filter.gt("x", -2.5), number(-2));
    fails(Filter.eq("x", 0.1), number(0.1f));
  }

  @Test
  void comparisons_ofOtherKinds_failWithoutError() {
    Metadata[] others = {NULL, TRUE, text("5"), array(new LongValue(5))};
    for (Comparison comparison : Comparison.values()) {
      fails(new Filter.Compare("x", comparison, new LongValue(5)), others);
      fails(new Filter.Compare("x", comparison, new StringValue("5")), NULL, TRUE, number(5));
    }
  }

  @Test
  void bounds_areInOrOut() {
    passes(Filter.gt("x", 1), number(2), number(1.0000001));
    fails(Filter.gt("x", 1), number(1), number(1.0), number(0));
    passes(Filter.gte("x", 1), number(1), number(1.0), number(2));
    fails(Filter.gte("x", 1), number(0.9999999));
    passes(Filter.lt("x", "b"), text("a"), text(""), text("ab"));
    fails(Filter.lt("x", "b"), text("b"), text("ba"), text("c"));
    passes(Filter.lte("x", "b"), text("b"), text("a"));
    passes(Filter.gt("x", "b"), text("ba"), text("c"));
    passes(Filter.gte("x", "b"), text("b"), text("ba"));
  }

  @Test
  void texts_areInTheOrderOfCodePoints_notOfChars() {
    String belowSurrogates = "\uFF5E";
    String balloon = "🎈";
    assertTrue(belowSurrogates.compareTo(balloon) > 0);
    passes(Filter.gt("x", belowSurrogates), text(balloon));
    passes(Filter.lt("x", balloon), text(belowSurrogates));
  }

  @Test
  void prefix_isOfTextsOnly() {
    passes(Filter.prefix("x", "ab"), text("ab"), text("abc"));
    fails(Filter.prefix("x", "ab"), text("a"), text("Ab"), text("aab"), number(1), NULL);
    passes(Filter.prefix("x", ""), text(""), text("a"));
    fails(Filter.prefix("x", ""), TRUE, array(new StringValue("")));
  }

  @Test
  void contains_looksIntoArraysOneLevelDeep() {
    Metadata some = array(new StringValue("a"), new LongValue(2), new NullValue());
    passes(Filter.contains("x", "a"), some);
    passes(Filter.contains("x", 2.0), some);
    passes(Filter.contains("x", new NullValue()), some);
    fails(Filter.contains("x", "b"), some, text("b"), array());
    var inner = new ArrayValue(List.of(new LongValue(1)));
    passes(Filter.contains("x", inner), array(inner));
    fails(Filter.contains("x", 1), array(inner));
    fails(Filter.eq("x", "a"), some);
  }

  @Test
  void eq_ofArrays_isElementByElement() {
    Filter filter = Filter.eq("x", new ArrayValue(List.of(new LongValue(1), new StringValue("a"))));
    passes(filter, array(new DoubleValue(1), new StringValue("a")));
    fails(
        filter,
        array(),
        array(new LongValue(1)),
        array(new StringValue("a"), new LongValue(1)),
        array(new LongValue(1), new StringValue("a"), new NullValue()));
  }

  @Test
  void in_noValues_passesNothing() {
    fails(Filter.in("x", List.of()), NOTHING, NULL, number(1));
    passes(Filter.notIn("x", List.of()), NOTHING, NULL, number(1));
  }

  @Test
  void andOrNot_combine() {
    Filter filter =
        Filter.eq("lang", "en").and(Filter.gte("year", 2000).or(Filter.missing("year")));
    passes(filter, Metadata.of("lang", "en"), lang("en", 2000));
    fails(filter, NOTHING, Metadata.of("lang", "de"), lang("en", 1999));
    passes(Filter.not(filter), NOTHING, lang("en", 1999));
    assertEquals(filter, Filter.not(Filter.not(filter)));
  }

  private static Metadata lang(String lang, long year) {
    return Metadata.builder().put("lang", lang).put("year", year).build();
  }

  @Test
  void chains_growWideNotDeep() {
    Filter all = Filter.exists("f0");
    Filter any = Filter.exists("f0");
    for (int i = 1; i < Limits.MAX_FILTER_CONDITIONS; i++) {
      all = all.and(Filter.exists("f" + i));
      any = any.or(Filter.exists("f" + i));
    }
    assertEquals(Limits.MAX_FILTER_CONDITIONS, ((Filter.And) all).filters().size());
    Filter wide = all;
    Filter wideToo = any;
    refuses(Code.FILTER_TOO_COMPLEX, () -> wide.and(Filter.exists("more")));
    refuses(Code.FILTER_TOO_COMPLEX, () -> wideToo.or(Filter.exists("more")));
    refuses(Code.FILTER_TOO_COMPLEX, () -> Filter.anyOf(wide, Filter.exists("more")));
  }

  @Test
  void nesting_beyondTheLimit_isRefused() {
    Filter deep = Filter.eq("x", 1);
    for (int depth = 2; depth <= Limits.MAX_FILTER_DEPTH; depth++) {
      deep = depth % 2 == 0 ? Filter.allOf(deep) : Filter.anyOf(deep);
    }
    passes(deep, number(1));
    Filter deepest = deep;
    var refused = refuses(Code.FILTER_TOO_COMPLEX, () -> Filter.allOf(Filter.eq("y", 2), deepest));
    assertEquals(
        "the filter nests 11 deep, the limit is 10:"
            + " put conditions of one kind into one 'and' or 'or'",
        refused.getMessage());
    refuses(Code.FILTER_TOO_COMPLEX, () -> Filter.not(deepest));
  }

  @Test
  void values_beyondTheLimit_areRefused() {
    List<MetadataValue> many = new ArrayList<>();
    IntStream.range(0, Limits.MAX_FILTER_VALUES).forEach(i -> many.add(new LongValue(i)));
    Filter most = Filter.in("x", many);
    passes(most, number(Limits.MAX_FILTER_VALUES - 1));
    refuses(Code.FILTER_TOO_COMPLEX, () -> most.and(Filter.eq("y", 1)));
    many.add(new LongValue(-1));
    refuses(Code.FILTER_TOO_COMPLEX, () -> Filter.in("x", many));
    refuses(Code.FILTER_TOO_COMPLEX, () -> Filter.eq("x", "é".repeat(8_193)));
    refuses(
        Code.FILTER_TOO_COMPLEX,
        () -> Filter.eq("x", new ArrayValue(Collections.nCopies(16_384, new NullValue()))));
    MetadataValue deep = new LongValue(1);
    for (int depth = 0; depth <= Limits.MAX_METADATA_DEPTH; depth++) {
      deep = new ArrayValue(List.of(deep));
    }
    MetadataValue deeper = deep;
    refuses(Code.FILTER_TOO_COMPLEX, () -> Filter.contains("x", deeper));
  }

  @Test
  void whatCantBeMeant_isRefusedWithARemedy() {
    refuses(Code.BAD_FILTER, () -> Filter.eq("", "nameless"));
    refuses(Code.BAD_FILTER, () -> Filter.exists("\uD83C"));
    refuses(Code.BAD_FILTER, () -> Filter.prefix("x", "\uDC00"));
    refuses(Code.BAD_FILTER, () -> Filter.allOf());
    refuses(Code.BAD_FILTER, () -> Filter.anyOf());
    refuses(Code.BAD_FILTER, () -> Filter.eq("x", Double.NaN));
    refuses(Code.BAD_FILTER, () -> Filter.lt("x", Double.POSITIVE_INFINITY));
    refuses(Code.BAD_FILTER, () -> Filter.contains("x", Double.NEGATIVE_INFINITY));
    for (MetadataValue unordered :
        List.of(new NullValue(), new BooleanValue(true), new ArrayValue(List.of()))) {
      refuses(Code.BAD_FILTER, () -> new Filter.Compare("x", Comparison.GT, unordered));
    }
    var refused =
        refuses(
            Code.BAD_FILTER, () -> new Filter.Compare("x", Comparison.LTE, new BooleanValue(true)));
    assertEquals(
        "'x' <= true compares with what has no order, expected a number or a text:"
            + " use eq, ne, in or contains",
        refused.getMessage());
  }

  private static ValidationException refuses(Code code, Executable making) {
    var refused = assertThrows(ValidationException.class, making);
    assertEquals(code, refused.violations().getFirst().code());
    return refused;
  }

  @Test
  void lists_changedAfterwards_changeNoFilter() {
    List<MetadataValue> values = new ArrayList<>(List.of(new LongValue(1)));
    List<Filter> filters = new ArrayList<>(List.of(Filter.in("x", values)));
    Filter filter = new Filter.And(filters);
    values.add(new LongValue(2));
    filters.add(Filter.exists("y"));
    passes(filter, number(1));
    fails(filter, number(2));
  }

  @Test
  void toString_readsLikeASentence() {
    assertEquals(
        "lang = \"en\" and (year >= 2000 or year is missing)",
        Filter.eq("lang", "en")
            .and(Filter.gte("year", 2000).or(Filter.missing("year")))
            .toString());
    assertEquals("\"my field\" != null", Filter.not(Filter.isNull("my field")).toString());
    assertEquals("x not in [1, 2.5]", Filter.not(Filter.in("x", mixed())).toString());
    assertEquals(
        "not (path begins with \"/a\" or tags contains true)",
        Filter.not(Filter.prefix("path", "/a").or(Filter.contains("tags", new BooleanValue(true))))
            .toString());
    assertEquals(
        "x in [0, 1, 2, 3, 4, 5, 6, 7, and 3 more]",
        Filter.in("x", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).toString());
    assertEquals("x = \"line?break\"", Filter.eq("x", "line\nbreak").toString());
  }

  private static List<MetadataValue> mixed() {
    return List.of(new LongValue(1), new DoubleValue(2.5));
  }

  @Test
  void equals_isByContents() {
    assertEquals(
        Filter.eq("x", 1).and(Filter.lt("y", "b")),
        Filter.allOf(Filter.eq("x", 1), Filter.lt("y", "b")));
    assertNotEquals(Filter.eq("x", 1), Filter.eq("x", 1.0));
  }
}
