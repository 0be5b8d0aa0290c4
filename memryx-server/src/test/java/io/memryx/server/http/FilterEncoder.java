package io.memryx.server.http;

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
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * Writes filters as {@link FilterDecoder} reads them, which gives the same filter back. Fields
 * called {@code and}, {@code or} or {@code not} have no place in that.
 */
final class FilterEncoder {
  private final JsonGenerator json;

  private FilterEncoder(JsonGenerator json) {
    this.json = json;
  }

  /** A filter as a JSON object. */
  static void write(JsonGenerator json, Filter filter) {
    new FilterEncoder(json).write(filter);
  }

  private void write(Filter filter) {
    json.writeStartObject();
    switch (filter) {
      case And(List<Filter> filters) -> write("and", filters);
      case Or(List<Filter> filters) -> write("or", filters);
      case Not(Filter negated) -> writeNegation(negated);
      case Eq(String field, MetadataValue value) -> write(field, "eq", value);
      case In(String field, List<MetadataValue> values) -> write(field, "in", array(values));
      case Compare(String field, Comparison comparison, MetadataValue value) ->
          write(field, Choice.name(comparison), value);
      case Exists(String field) -> write(field, "exists", new MetadataValue.BooleanValue(true));
      case Prefix(String field, MetadataValue prefix) -> write(field, "prefix", prefix);
      case Contains(String field, MetadataValue element) -> write(field, "contains", element);
    }
    json.writeEndObject();
  }

  private void writeNegation(Filter negated) {
    switch (negated) {
      case Eq(String field, MetadataValue value) -> write(field, "ne", value);
      case In(String field, List<MetadataValue> values) -> write(field, "nin", array(values));
      case Exists(String field) -> write(field, "exists", new MetadataValue.BooleanValue(false));
      case And _, Or _, Not _, Compare _, Prefix _, Contains _ -> {
        json.writeName("not");
        write(negated);
      }
    }
  }

  private static MetadataValue array(List<MetadataValue> values) {
    return new MetadataValue.ArrayValue(values);
  }

  private void write(String operator, List<Filter> filters) {
    json.writeName(operator);
    json.writeStartArray();
    filters.forEach(this::write);
    json.writeEndArray();
  }

  private void write(String field, String operator, MetadataValue value) {
    json.writeName(field);
    json.writeStartObject();
    json.writeName(operator);
    Json.writeValue(json, value);
    json.writeEndObject();
  }
}
