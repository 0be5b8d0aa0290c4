package io.memryx.persistence.model;

import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Metric;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a collection is meant to be: a map, and the map that was built last. */
final class Model {
  static final Comparator<String> BY_CODE_POINT =
      Comparator.comparing(id -> id.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final TreeMap<String, Entry> live = new TreeMap<>(BY_CODE_POINT);
  private TreeMap<String, Entry> built = new TreeMap<>(BY_CODE_POINT);

  /** These entries, built. */
  Model(Collection<Entry> base) {
    base.forEach(entry -> live.put(entry.id(), entry));
    built(frozen());
  }

  /** Number of entries that were not there before. */
  int upsert(List<Entry> entries) {
    int before = live.size();
    entries.forEach(entry -> live.put(entry.id(), entry));
    return live.size() - before;
  }

  /** Number of entries that were there. */
  int delete(Collection<String> ids) {
    int before = live.size();
    ids.forEach(live::remove);
    return before - live.size();
  }

  /** Number of entries that were there. */
  int delete(Filter filter) {
    int before = live.size();
    live.values().removeIf(passes(filter));
    return before - live.size();
  }

  Optional<Entry> get(String id) {
    return Optional.ofNullable(live.get(id));
  }

  int size() {
    return live.size();
  }

  /** Those that pass a filter, if there is one, in order of id. */
  List<Entry> entries(Optional<Filter> filter) {
    return live.values().stream().filter(filter.map(Model::passes).orElse(entry -> true)).toList();
  }

  private static Predicate<Entry> passes(Filter filter) {
    return entry -> filter.matches(entry.metadata());
  }

  /** What a build that begins now builds. */
  Map<String, Entry> frozen() {
    return new TreeMap<>(live);
  }

  /** A build is done. */
  void built(Map<String, Entry> frozen) {
    built = new TreeMap<>(BY_CODE_POINT);
    built.putAll(frozen);
  }

  /** What was not built is lost. */
  void restart() {
    live.clear();
    live.putAll(built);
  }

  void dropAndCreate() {
    live.clear();
    built.clear();
  }

  /** The score by definition, in double precision. */
  static double score(Metric metric, float[] query, float[] vector) {
    double dot = 0;
    double squaredL2 = 0;
    for (int d = 0; d < query.length; d++) {
      double difference = (double) query[d] - vector[d];
      dot += (double) query[d] * vector[d];
      squaredL2 += difference * difference;
    }
    return switch (metric) {
      case COSINE -> dot / (length(query) * length(vector));
      case DOT -> dot;
      case L2 -> -squaredL2;
    };
  }

  static double length(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += (double) component * component;
    }
    return Math.sqrt(squares);
  }
}
