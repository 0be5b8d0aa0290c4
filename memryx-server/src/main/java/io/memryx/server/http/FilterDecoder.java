package io.memryx.server.http;

import io.memryx.Filter;
import io.memryx.Filter.Comparison;
import io.memryx.Limits;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.StringValue;
import io.memryx.ValidationException;
import io.memryx.Violation;
import io.memryx.server.problem.Printable;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.problem.Violations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.core.JsonToken;

/**
 * Reads filters. An object's members all hold: {@code and} and {@code or} are lists of filters,
 * {@code not} is a filter, and any other name is that of a metadata field, with operators that all
 * hold or a value to equal. So a field that is called like one of those three can't be filtered by.
 */
final class FilterDecoder {
  private static final String EXAMPLE = "write {\"year\":{\"gte\":2000}}";

  private final JsonReader json;
  private int conditions;
  private int values;

  private FilterDecoder(JsonReader json) {
    this.json = json;
  }

  /** What can be asked of a field; clients write it in lower case. */
  private enum Operator {
    EQ,
    NE,
    IN,
    NIN,
    GT,
    GTE,
    LT,
    LTE,
    EXISTS,
    PREFIX,
    CONTAINS
  }

  /** The filter that the reader stands at. */
  static Filter read(JsonReader json) {
    return new FilterDecoder(json).filter();
  }

  private Filter filter() {
    if (json.token() != JsonToken.START_OBJECT) {
      throw json.wrongType("a filter, which is an object");
    }
    List<Filter> parts = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (json.next() != JsonToken.END_OBJECT) {
      String name = json.name();
      if (!seen.add(name)) {
        throw json.duplicate();
      }
      json.next();
      switch (name) {
        case "and" -> parts.add(combined(Filter.And::new));
        case "or" -> parts.add(combined(Filter.Or::new));
        case "not" -> {
          Filter opposite = filter();
          parts.add(made(() -> new Filter.Not(opposite)));
        }
        default -> field(name, parts);
      }
    }
    return allOf(
        parts,
        "the filter is empty, expected at least one condition",
        "leave it out, or " + EXAMPLE);
  }

  private Filter allOf(List<Filter> parts, String ifNone, String hint) {
    if (parts.isEmpty()) {
      throw json.problem(ProblemCode.BAD_FILTER, ifNone, hint);
    }
    return parts.size() == 1 ? parts.getFirst() : made(() -> new Filter.And(parts));
  }

  /** Makes one filter of several. */
  @FunctionalInterface
  private interface Combination {
    Filter of(List<Filter> filters);
  }

  private Filter combined(Combination combination) {
    List<Filter> filters = new ArrayList<>();
    json.array("an array of filters", () -> filters.add(filter()));
    return made(() -> combination.of(filters));
  }

  private void field(String field, List<Filter> parts) {
    if (json.token() != JsonToken.START_OBJECT) {
      parts.add(condition(field, Operator.EQ));
      return;
    }
    List<Filter> asked = new ArrayList<>();
    Set<Operator> seen = new HashSet<>();
    while (json.next() != JsonToken.END_OBJECT) {
      Operator operator = operator(field);
      if (!seen.add(operator)) {
        throw json.duplicate();
      }
      json.next();
      asked.add(condition(field, operator));
    }
    parts.add(
        allOf(
            asked,
            "field '%s' has no operator".formatted(Printable.of(field)),
            EXAMPLE + " or {\"lang\":\"en\"}"));
  }

  private Operator operator(String field) {
    String name = json.name();
    return Choice.named(Operator.class, name).orElseThrow(() -> unknown(field, name));
  }

  private ProblemException unknown(String field, String name) {
    String hint =
        Nearest.to(name, Arrays.stream(Operator.values()).map(Choice::name).toList())
            .map("did you mean '%s'?"::formatted)
            .orElse("operators are " + Choice.names(Operator.class));
    return json.problem(
        ProblemCode.UNKNOWN_FIELD,
        "there is no operator '%s', as field '%s' has"
            .formatted(Printable.of(name), Printable.of(field)),
        hint);
  }

  private Filter condition(String field, Operator operator) {
    count(++conditions, Limits.MAX_FILTER_CONDITIONS, "conditions");
    return switch (operator) {
      case EQ -> comparing(value -> Filter.eq(field, value));
      case NE -> comparing(value -> Filter.ne(field, value));
      case IN -> choosing(list -> Filter.in(field, list));
      case NIN -> choosing(list -> Filter.notIn(field, list));
      case GT -> comparing(value -> new Filter.Compare(field, Comparison.GT, value));
      case GTE -> comparing(value -> new Filter.Compare(field, Comparison.GTE, value));
      case LT -> comparing(value -> new Filter.Compare(field, Comparison.LT, value));
      case LTE -> comparing(value -> new Filter.Compare(field, Comparison.LTE, value));
      case EXISTS -> {
        boolean there = json.bool();
        yield made(() -> there ? Filter.exists(field) : Filter.missing(field));
      }
      case PREFIX -> {
        StringValue prefix = new StringValue(json.string());
        yield made(() -> new Filter.Prefix(field, prefix));
      }
      case CONTAINS -> comparing(element -> Filter.contains(field, element));
    };
  }

  /** A condition of one value. */
  @FunctionalInterface
  private interface OfValue {
    Filter with(MetadataValue value);
  }

  private Filter comparing(OfValue condition) {
    MetadataValue value = value();
    return made(() -> condition.with(value));
  }

  /** A condition of some values. */
  @FunctionalInterface
  private interface OfValues {
    Filter with(List<MetadataValue> values);
  }

  private Filter choosing(OfValues condition) {
    List<MetadataValue> list = new ArrayList<>();
    json.array("an array of values", () -> list.add(value()));
    return made(() -> condition.with(list));
  }

  private MetadataValue value() {
    count(++values, Limits.MAX_FILTER_VALUES, "values");
    return MetadataDecoder.value(json, ProblemCode.BAD_FILTER);
  }

  /** Refuses while reading, before the whole of an endless filter is in memory. */
  private void count(int count, int limit, String what) {
    if (count > limit) {
      throw json.problem(
          ProblemCode.FILTER_TOO_COMPLEX,
          "the filter has more than %d %s".formatted(limit, what),
          "mark such entries with a field of their own, and filter by that");
    }
  }

  private Filter made(Supplier<Filter> filter) {
    try {
      return filter.get();
    } catch (ValidationException e) {
      Violation first = e.violations().getFirst();
      throw json.problem(Violations.code(first.code()), first.detail(), first.hint());
    }
  }
}
