package io.memryx.server.service;

import io.memryx.Entry;
import io.memryx.UpsertResult;
import io.memryx.VectorCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A collection that has another one's built index, and is to have all the rest of it: what was
 * added, replaced and deleted since that was built. Codes stay what they are; nothing is encoded
 * again.
 *
 * @param source which nobody changes meanwhile
 * @param target the one with its index
 */
record Replica(VectorCollection source, VectorCollection target) {
  private static final int BATCH = 1_000;

  /** Makes the target equal to the source. */
  void complete() {
    try (Stream<Entry> entries = source.entries()) {
      inBatches(
          entries.filter(entry -> !target.get(entry.id()).equals(Optional.of(entry))),
          batch -> {
            UpsertResult _ = target.upsert(batch);
          });
    }
    try (Stream<Entry> entries = target.entries()) {
      inBatches(
          entries.map(Entry::id).filter(id -> !source.contains(id)),
          batch -> {
            int _ = target.delete(batch);
          });
    }
  }

  private static <T> void inBatches(Stream<T> all, Consumer<List<T>> take) {
    List<T> batch = new ArrayList<>(BATCH);
    all.forEach(
        one -> {
          batch.add(one);
          if (batch.size() == BATCH) {
            take.accept(batch);
            batch.clear();
          }
        });
    if (!batch.isEmpty()) {
      take.accept(batch);
    }
  }
}
