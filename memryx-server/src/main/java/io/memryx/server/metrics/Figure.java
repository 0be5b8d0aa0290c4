package io.memryx.server.metrics;

import java.util.Map;
import java.util.function.Supplier;

/**
 * A figure that is read when somebody looks.
 *
 * @param name of the metric
 * @param tags which part of it this is
 * @param help what it tells
 * @param value as of now; what is not known is NaN
 */
public record Figure(String name, Map<String, String> tags, String help, Supplier<Number> value) {
  /** Copies the tags. */
  public Figure {
    tags = Map.copyOf(tags);
  }

  /** A figure without parts. */
  public static Figure of(String name, String help, Supplier<Number> value) {
    return new Figure(name, Map.of(), help, value);
  }
}
