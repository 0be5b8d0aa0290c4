package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Filter;
import io.memryx.Limits;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FilterJsonTest {

  private static Filter read(String json) {
    return JsonReader.read(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), FilterDecoder::read);
  }

  private static String write(Filter filter) {
    return new String(
        Json.write(json -> FilterEncoder.write(json, filter)), StandardCharsets.UTF_8);
  }

  private static Stream<Arguments> understood() {
    return Stream.of(
        Arguments.of("{'x':{'eq':'a'}}", Filter.eq("x", "a")),
        Arguments.of("{'x':'a'}", Filter.eq("x", "a")),
        Arguments.of("{'x':1}", Filter.eq("x", 1)),
        Arguments.of("{'x':1.0}", Filter.eq("x", 1.0)),
        Arguments.of("{'x':true}", Filter.eq("x", true)),
        Arguments.of("{'x':null}", Filter.isNull("x")),
        Arguments.of(
            "{'x':[1,'a']}",
            Filter.eq("x", new ArrayValue(List.of(new LongValue(1), new StringValue("a"))))),
        Arguments.of("{'x':9007199254740993}", Filter.eq("x", 9007199254740993L)),
        Arguments.of("{'x':18446744073709551616}", Filter.eq("x", 0x1p64)),
        Arguments.of("{'x':{'ne':false}}", Filter.ne("x", false)),
        Arguments.of("{'x':{'in':['a','b']}}", Filter.in("x", "a", "b")),
        Arguments.of("{'x':{'in':[]}}", Filter.in("x", List.of())),
        Arguments.of("{'x':{'nin':[1,2]}}", Filter.notIn("x", 1, 2)),
        Arguments.of("{'x':{'gt':1}}", Filter.gt("x", 1)),
        Arguments.of("{'x':{'gte':'b'}}", Filter.gte("x", "b")),
        Arguments.of("{'x':{'lt':1.5}}", Filter.lt("x", 1.5)),
        Arguments.of("{'x':{'lte':-1}}", Filter.lte("x", -1)),
        Arguments.of("{'x':{'exists':true}}", Filter.exists("x")),
        Arguments.of("{'x':{'exists':false}}", Filter.missing("x")),
        Arguments.of("{'x':{'prefix':''}}", Filter.prefix("x", "")),
        Arguments.of("{'x':{'contains':2}}", Filter.contains("x", 2)),
        Arguments.of("{'x':{'gte':1,'lt':5}}", Filter.allOf(Filter.gte("x", 1), Filter.lt("x", 5))),
        Arguments.of(
            "{'lang':'en','year':{'gte':2000}}",
            Filter.eq("lang", "en").and(Filter.gte("year", 2000))),
        Arguments.of(
            "{'and':[{'x':1},{'or':[{'y':2},{'not':{'z':3}}]}]}",
            Filter.eq("x", 1).and(Filter.eq("y", 2).or(Filter.ne("z", 3)))),
        Arguments.of(
            "{'x':1,'or':[{'y':2},{'y':3}]}",
            Filter.eq("x", 1).and(Filter.eq("y", 2).or(Filter.eq("y", 3)))),
        Arguments.of("{'not':{'x':1,'y':2}}", Filter.not(Filter.eq("x", 1).and(Filter.eq("y", 2)))),
        Arguments.of("{'not':{'x':{'ne':1}}}", new Filter.Not(Filter.ne("x", 1))),
        Arguments.of("{'and':[{'x':1}]}", Filter.allOf(Filter.eq("x", 1))));
  }

  @ParameterizedTest
  @MethodSource
  void understood(String json, Filter expected) {
    assertEquals(expected, read(json.replace('\'', '"')));
  }

  private static Stream<Arguments> refused() {
    return Stream.of(
        refusal(
            "[]", ProblemCode.BAD_TYPE, "", "expected a filter, which is an object, got an array"),
        refusal("null", ProblemCode.BAD_TYPE, "", "got null"),
        refusal("{}", ProblemCode.BAD_FILTER, "", "the filter is empty"),
        refusal("{'x':{}}", ProblemCode.BAD_FILTER, "/x", "field 'x' has no operator"),
        refusal("{'':1}", ProblemCode.BAD_FILTER, "/", "a field without a name"),
        refusal(
            "{'x':{'gtt':1}}", ProblemCode.UNKNOWN_FIELD, "/x/gtt", "there is no operator 'gtt'"),
        refusal("{'x':{'y':{'eq':1}}}", ProblemCode.UNKNOWN_FIELD, "/x/y", "operator 'y'"),
        refusal("{'x':{'EQ':1}}", ProblemCode.UNKNOWN_FIELD, "/x/EQ", "operator 'EQ'"),
        refusal("{'x':{'regex':'a*'}}", ProblemCode.UNKNOWN_FIELD, "/x/regex", "'regex'"),
        refusal("{'x':1,'x':2}", ProblemCode.DUPLICATE_KEY, "/x", "field 'x' is there twice"),
        refusal("{'x':{'gt':1,'gt':2}}", ProblemCode.DUPLICATE_KEY, "/x/gt", "'gt'"),
        refusal("{'and':[]}", ProblemCode.BAD_FILTER, "/and", "'and' has no filters"),
        refusal("{'or':[]}", ProblemCode.BAD_FILTER, "/or", "'or' has no filters"),
        refusal("{'and':{'x':1}}", ProblemCode.BAD_TYPE, "/and", "expected an array of filters"),
        refusal("{'or':'x'}", ProblemCode.BAD_TYPE, "/or", "got a text"),
        refusal("{'and':[1]}", ProblemCode.BAD_TYPE, "/and/0", "got a number"),
        refusal("{'or':[{'x':1},{}]}", ProblemCode.BAD_FILTER, "/or/1", "the filter is empty"),
        refusal("{'not':[{'x':1}]}", ProblemCode.BAD_TYPE, "/not", "got an array"),
        refusal("{'x':{'in':1}}", ProblemCode.BAD_TYPE, "/x/in", "expected an array of values"),
        refusal("{'x':{'nin':null}}", ProblemCode.BAD_TYPE, "/x/nin", "got null"),
        refusal("{'x':{'exists':1}}", ProblemCode.BAD_TYPE, "/x/exists", "expected true or false"),
        refusal("{'x':{'prefix':1}}", ProblemCode.BAD_TYPE, "/x/prefix", "expected a text"),
        refusal("{'x':{'gt':true}}", ProblemCode.BAD_FILTER, "/x/gt", "no order"),
        refusal("{'x':{'lte':null}}", ProblemCode.BAD_FILTER, "/x/lte", "no order"),
        refusal("{'x':{'gte':[1]}}", ProblemCode.BAD_FILTER, "/x/gte", "no order"),
        refusal("{'x':{'eq':{'a':1}}}", ProblemCode.BAD_FILTER, "/x/eq", "is an object"),
        refusal("{'AND':[{'x':1}]}", ProblemCode.BAD_FILTER, "/AND/0", "is an object"),
        refusal("{'x':{'gt':NaN}}", ProblemCode.NON_FINITE, "/x/gt", "NaN"),
        refusal("{'x':1e400}", ProblemCode.NON_FINITE, "/x", "Infinity"),
        refusal("{'x':'\\ud800'}", ProblemCode.BAD_FILTER, "/x", "half a surrogate pair"),
        refusal(
            "{'and':[" + "{'x':1},".repeat(Limits.MAX_FILTER_CONDITIONS) + "{'x':1}]}",
            ProblemCode.FILTER_TOO_COMPLEX,
            "/and/256/x",
            "more than 256 conditions"),
        refusal(
            "{'x':{'in':[" + "1,".repeat(Limits.MAX_FILTER_VALUES) + "1]}}",
            ProblemCode.FILTER_TOO_COMPLEX,
            "/x/in/4096",
            "more than 4096 values"),
        refusal(
            "{'and':[".repeat(Limits.MAX_FILTER_DEPTH)
                + "{'x':1}"
                + "]}".repeat(Limits.MAX_FILTER_DEPTH),
            ProblemCode.FILTER_TOO_COMPLEX,
            "/and",
            "nests 11 deep"),
        refusal(
            "{'not':".repeat(40) + "{'x':1}" + "}".repeat(40),
            ProblemCode.JSON_TOO_DEEP,
            "",
            "more than 32 levels"));
  }

  private static Arguments refusal(String json, ProblemCode code, String pointer, String detail) {
    return Arguments.of(json, code, pointer, detail);
  }

  @ParameterizedTest
  @MethodSource
  void refused(String json, ProblemCode code, String pointer, String detail) {
    var refused = assertThrows(ProblemException.class, () -> read(json.replace('\'', '"')));
    Problem problem = refused.problem();
    assertEquals(code, problem.code(), problem.detail());
    assertTrue(problem.detail().contains(detail), problem.detail());
    assertEquals(
        pointer,
        problem.faults().stream().map(Problem.Fault::pointer).findFirst().orElse(""),
        problem.detail());
    assertTrue(!problem.hint().isEmpty());
  }

  @Test
  void read_misspeltOperator_namesTheNearestOne() {
    var refused = assertThrows(ProblemException.class, () -> read("{\"x\":{\"prefx\":\"a\"}}"));
    assertEquals("did you mean 'prefix'?", refused.problem().hint());
  }

  @Test
  void write_readsAsPeopleWriteIt() {
    assertEquals(
        "{\"and\":[{\"lang\":{\"ne\":\"en\"}},{\"year\":{\"gte\":2000}},{\"x\":{\"exists\":false}}]}\n",
        write(Filter.ne("lang", "en").and(Filter.gte("year", 2000)).and(Filter.missing("x"))));
  }

  @Test
  void read_ofWrittenRandomFilter_isTheSame() {
    for (long seed = 0; seed < 2_000; seed++) {
      Filter filter = filter(new SplittableRandom(seed), 1);
      assertEquals(filter, read(write(filter)), "seed " + seed);
    }
  }

  private static Filter filter(SplittableRandom random, int depth) {
    String field = List.of("a", "größe", "a.b/c~d", "\"quoted\"").get(random.nextInt(4));
    return switch (random.nextInt(depth < 5 ? 9 : 6)) {
      case 0 -> Filter.eq(field, value(random, 0));
      case 1 -> Filter.in(field, values(random, 0));
      case 2 ->
          new Filter.Compare(
              field,
              List.of(Filter.Comparison.values()).get(random.nextInt(4)),
              new DoubleValue(random.nextGaussian()));
      case 3 -> Filter.exists(field);
      case 4 -> Filter.prefix(field, "é" + random.nextInt(9));
      case 5 -> Filter.contains(field, value(random, 0));
      case 6 ->
          new Filter.And(Collections.nCopies(random.nextInt(1, 4), filter(random, depth + 1)));
      case 7 -> new Filter.Or(Collections.nCopies(random.nextInt(1, 4), filter(random, depth + 1)));
      default -> new Filter.Not(filter(random, depth + 1));
    };
  }

  private static MetadataValue value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth < 2 ? 6 : 5)) {
      case 0 -> new NullValue();
      case 1 -> new BooleanValue(random.nextBoolean());
      case 2 -> new LongValue(random.nextLong() >> random.nextInt(64));
      case 3 -> new DoubleValue(random.nextInt(3) == 0 ? 7.0 : random.nextGaussian() * 1e200);
      case 4 -> new StringValue("🎈".repeat(random.nextInt(3)));
      default -> new ArrayValue(values(random, depth + 1));
    };
  }

  private static List<MetadataValue> values(SplittableRandom random, int depth) {
    List<MetadataValue> values = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      values.add(value(random, depth));
    }
    return values;
  }
}
