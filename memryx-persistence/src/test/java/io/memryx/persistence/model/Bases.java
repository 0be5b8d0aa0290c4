package io.memryx.persistence.model;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Memryx;
import io.memryx.VectorCollection;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** What collections hold at first, each built once and restored for every sequence. */
final class Bases {
  private static final Map<Setup, Base> BUILT = new ConcurrentHashMap<>();

  private Bases() {}

  /** Entries, and the image of a collection in which they are built. */
  record Base(List<Entry> entries, Snapshot snapshot) {
    Base {
      entries = List.copyOf(entries);
    }
  }

  static Base of(Setup setup) {
    return switch (setup.base()) {
      case EMPTY -> new Base(List.of(), collection(setup.options()).snapshot());
      case CLUSTERED -> BUILT.computeIfAbsent(setup, Bases::build);
    };
  }

  private static VectorCollection collection(CollectionOptions options) {
    return Memryx.collection(Home.NAME, options, GenerationCommit.NONE);
  }

  private static Base build(Setup setup) {
    VectorPool vectors = setup.vectors();
    var metadata = new MetadataGenerator(new SplittableRandom(setup.seed()));
    List<Entry> entries = new ArrayList<>();
    for (int id = 0; id < setup.base().ids(); id++) {
      entries.add(Scope.ALL.entry(new Operation.Row(id, id, metadata.metadata()), vectors));
    }
    VectorCollection collection = collection(setup.options());
    collection.upsert(entries);
    collection.build(BuildRequest.defaults());
    return new Base(entries, collection.snapshot());
  }
}
