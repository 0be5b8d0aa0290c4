package io.memryx.internal.metadata;

import io.memryx.Filter;
import io.memryx.Filter.Comparison;
import io.memryx.Metadata;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Random metadata and filters over few fields and few values of every kind, chosen so that much is
 * equal, or differs by as little as it can.
 */
final class RandomMetadata {
  private static final List<Comparison> COMPARISONS = List.of(Comparison.values());

  private static final String[] FIELDS = {"a", "b", "c", "ab", "größe", "unused"};

  private static final String[] TEXTS = {
    "", "a", "ab", "abc", "b", "B", "1", "\uFF5E", "🎈", "🎈🎈", "a".repeat(130)
  };

  private static final long[] LONGS = {
    0, 1, -1, 2, 3, 300, 1L << 53, (1L << 53) + 1, -(1L << 53) - 1, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private static final double[] DOUBLES = {
    0.0, -0.0, 1, 1.5, -1, -1.5, 2, 0x1p53, -0x1p53, 0x1p63, -0x1p63, 1e300, Double.MIN_VALUE
  };

  private final SplittableRandom random;

  RandomMetadata(long seed) {
    this.random = new SplittableRandom(seed);
  }

  Metadata metadata() {
    var builder = Metadata.builder();
    for (int i = random.nextInt(5); i > 0; i--) {
      builder.put(FIELDS[random.nextInt(FIELDS.length - 1)], value(0));
    }
    return builder.build();
  }

  MetadataValue value(int depth) {
    return switch (random.nextInt(depth < 2 ? 8 : 7)) {
      case 0 -> new NullValue();
      case 1 -> new BooleanValue(random.nextBoolean());
      case 2, 3 -> new LongValue(LONGS[random.nextInt(LONGS.length)]);
      case 4 -> new DoubleValue(DOUBLES[random.nextInt(DOUBLES.length)]);
      case 5, 6 -> text();
      default ->
          new ArrayValue(Stream.generate(() -> value(depth + 1)).limit(random.nextInt(4)).toList());
    };
  }

  private StringValue text() {
    return new StringValue(TEXTS[random.nextInt(TEXTS.length)]);
  }

  private MetadataValue ordered() {
    return switch (random.nextInt(3)) {
      case 0 -> new LongValue(LONGS[random.nextInt(LONGS.length)]);
      case 1 -> new DoubleValue(DOUBLES[random.nextInt(DOUBLES.length)]);
      default -> text();
    };
  }

  Filter filter(int depth) {
    String field = FIELDS[random.nextInt(FIELDS.length)];
    return switch (random.nextInt(depth < 4 ? 11 : 8)) {
      case 0, 1 -> Filter.eq(field, value(0));
      case 2 -> Filter.in(field, Stream.generate(() -> value(0)).limit(random.nextInt(6)).toList());
      case 3, 4 ->
          new Filter.Compare(field, COMPARISONS.get(random.nextInt(COMPARISONS.size())), ordered());
      case 5 -> Filter.exists(field);
      case 6 -> new Filter.Prefix(field, text());
      case 7 -> Filter.contains(field, value(1));
      case 8 -> new Filter.And(filters(depth));
      case 9 -> new Filter.Or(filters(depth));
      default -> new Filter.Not(filter(depth + 1));
    };
  }

  private List<Filter> filters(int depth) {
    return Stream.generate(() -> filter(depth + 1)).limit(random.nextInt(1, 4)).toList();
  }
}
