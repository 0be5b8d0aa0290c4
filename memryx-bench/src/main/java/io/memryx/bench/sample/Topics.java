package io.memryx.bench.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The everyday words that the sample is grown from, a line per topic: {@code animals: dog cat
 * eat.verb}. A word without a part of speech is a noun.
 */
final class Topics {
  private static final String RESOURCE = "topics.txt";

  private Topics() {}

  /** The ids of the synsets of all topics, in order, each once. */
  static List<String> seeds() throws IOException {
    try (InputStream resource =
            Objects.requireNonNull(Topics.class.getResourceAsStream(RESOURCE), RESOURCE);
        var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return parse(reader.lines().toList());
    }
  }

  static List<String> parse(List<String> lines) throws IOException {
    Set<String> seeds = new LinkedHashSet<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new IOException(
            "topics: '%s' has no colon; expected 'topic: word word'".formatted(line));
      }
      for (String word : line.substring(colon + 1).strip().split(" +", -1)) {
        seeds.add(word.contains(".") ? word : word + ".noun");
      }
    }
    return new ArrayList<>(seeds);
  }
}
