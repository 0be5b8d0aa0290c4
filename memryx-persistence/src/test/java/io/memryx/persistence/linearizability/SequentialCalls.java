package io.memryx.persistence.linearizability;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the calls of {@link CollectionCalls} mean when they come one after the other: a map. */
public class SequentialCalls {
  private final TreeMap<Integer, Integer> values = new TreeMap<>();
  private boolean dropped;

  public int upsert(int id, int value) {
    requireThere();
    return values.put(id, value) == null ? 1 : 0;
  }

  public int upsertTwo(int id, int value) {
    return upsert(id, value) + upsert(id + 1, value);
  }

  public int delete(int id) {
    requireThere();
    return values.remove(id) == null ? 0 : 1;
  }

  public int deleteEven() {
    int even = countEven();
    values.values().removeIf(SequentialCalls::isEven);
    return even;
  }

  public int get(int id) {
    requireThere();
    return values.getOrDefault(id, -1);
  }

  public boolean contains(int id) {
    return get(id) >= 0;
  }

  public int size() {
    requireThere();
    return values.size();
  }

  public int countEven() {
    requireThere();
    return (int) values.values().stream().filter(SequentialCalls::isEven).count();
  }

  public String search() {
    return neighbors(value -> true);
  }

  public String searchEven() {
    return neighbors(SequentialCalls::isEven);
  }

  private static boolean isEven(int value) {
    return value % 2 == 0;
  }

  private String neighbors(Predicate<Integer> filter) {
    requireThere();
    return values.entrySet().stream()
        .filter(entry -> filter.test(entry.getValue()))
        // Stable: those of one score stay in order of id.
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(entry -> "id" + entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  public boolean build() {
    return !dropped;
  }

  public boolean drop() {
    boolean there = !dropped;
    dropped = true;
    values.clear();
    return there;
  }

  private void requireThere() {
    if (dropped) {
      throw new IllegalStateException("dropped");
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SequentialCalls calls
        && values.equals(calls.values)
        && dropped == calls.dropped;
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }
}
