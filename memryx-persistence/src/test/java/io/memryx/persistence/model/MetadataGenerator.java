package io.memryx.persistence.model;

import io.memryx.Filter;
import io.memryx.Metadata;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random metadata of few fields and values, and filters on them: most match some, few match all.
 */
final class MetadataGenerator {
  private static final List<String> TEXTS = List.of("", "a", "ab", "b", "\uFF5E", "🎈");

  private final SplittableRandom random;

  MetadataGenerator(SplittableRandom random) {
    this.random = random;
  }

  Metadata metadata() {
    Metadata.Builder metadata = Metadata.builder();
    if (random.nextInt(8) > 0) {
      metadata.put("text", text());
    }
    switch (random.nextInt(8)) {
      case 0 -> {}
      case 1 -> metadata.putNull("number");
      case 2 -> metadata.put("number", random.nextInt(10) / 2.0);
      default -> metadata.put("number", random.nextInt(10));
    }
    if (random.nextBoolean()) {
      metadata.put("tags", List.of(text(), text()));
    }
    // Nearly every entry has another: a field that is not worth a bitmap.
    metadata.put("unique", random.nextInt());
    return metadata.build();
  }

  Filter filter() {
    return filter(0);
  }

  private Filter filter(int depth) {
    return switch (random.nextInt(depth < 2 ? 12 : 9)) {
      case 0 -> Filter.eq("text", text());
      case 1 -> Filter.ne("number", random.nextInt(10));
      case 2 -> Filter.in("number", random.nextInt(10), random.nextInt(10));
      case 3 -> Filter.lt("number", random.nextInt(10) / 2.0);
      case 4 -> Filter.gte("unique", random.nextInt());
      case 5 -> Filter.prefix("text", text());
      case 6 -> Filter.contains("tags", text());
      case 7 -> Filter.exists("tags");
      case 8 -> Filter.missing(random.nextBoolean() ? "nowhere" : "number");
      case 9 -> Filter.not(filter(depth + 1));
      case 10 -> filter(depth + 1).and(filter(depth + 1));
      default -> filter(depth + 1).or(filter(depth + 1));
    };
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }
}
