package io.memryx.persistence.powercut;

import io.memryx.Entry;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a store holds.
 *
 * @param collections entries by id, by collection
 */
record Contents(Map<String, Map<String, Entry>> collections) {

  static Contents of(VectorStore store) {
    return new Contents(
        store.collections().stream()
            .collect(Collectors.toMap(VectorCollection::name, Contents::entries)));
  }

  private static Map<String, Entry> entries(VectorCollection collection) {
    var byId = new TreeMap<String, Entry>();
    try (Stream<Entry> entries = collection.entries()) {
      entries.forEach(entry -> byId.put(entry.id(), entry));
    }
    if (byId.size() != collection.size()) {
      throw new AssertionError(
          "%d entries in a collection of size %d".formatted(byId.size(), collection.size()));
    }
    return byId;
  }

  /** The same but for an entry, wherever it is. */
  Contents without(String id) {
    Map<String, Map<String, Entry>> others = new TreeMap<>(collections);
    others.replaceAll(
        (_, entries) -> {
          var rest = new TreeMap<>(entries);
          rest.remove(id);
          return rest;
        });
    return new Contents(others);
  }

  /** Entries by their vectors, which tell the call that they are of. */
  @Override
  public String toString() {
    return collections.entrySet().stream()
        .map(each -> each.getKey() + brief(each.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String brief(Map<String, Entry> entries) {
    return entries.values().stream()
        .map(entry -> entry.id() + "@" + (int) entry.vector()[0])
        .toList()
        .toString();
  }
}
