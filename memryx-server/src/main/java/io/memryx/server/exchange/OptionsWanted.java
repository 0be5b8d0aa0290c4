package io.memryx.server.exchange;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.ValidationException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a collection is to be, as far as somebody said so.
 *
 * @param name of the collection
 * @param metric null: cosine for a new collection, any for one that is there
 * @param compression null: compact for a new collection, any for one that is there
 */
public record OptionsWanted(
    String name, @Nullable Metric metric, @Nullable Compression compression) {

  /** The options of a new collection. */
  CollectionOptions of(int dimension) throws ExchangeException {
    try {
      return new CollectionOptions(
          dimension,
          metric == null ? Metric.COSINE : metric,
          compression == null ? Compression.COMPACT : compression);
    } catch (ValidationException e) {
      throw new ExchangeException(ExchangeException.Kind.INPUT, String.valueOf(e.getMessage()));
    }
  }

  /** Refuses a collection that is there with others. */
  void require(CollectionOptions there) throws ExchangeException {
    boolean fits =
        (metric == null || metric == there.metric())
            && (compression == null || compression == there.compression());
    if (!fits) {
      throw new ExchangeException(
          ExchangeException.Kind.USAGE,
          "collection '%s' is there with metric %s and compression %s: leave --metric and --compression out, or give another name"
              .formatted(name, lower(there.metric()), lower(there.compression())));
    }
  }

  /** An option's name, as clients give it. */
  static String lower(Enum<?> option) {
    return option.name().toLowerCase(Locale.ROOT);
  }
}
