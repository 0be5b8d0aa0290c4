package io.memryx.persistence;

import io.memryx.persistence.internal.file.FileStore;
import io.memryx.persistence.internal.file.SectionParts;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * Snapshots in memory, for tests and for running without a disk. They are copies: what happens to a
 * collection afterwards does not change them. Keeps the newest generation of each key. Thread-safe.
 */
public final class InMemorySnapshotStore implements SnapshotStore {
  private final ConcurrentSkipListMap<String, Generation> generations =
      new ConcurrentSkipListMap<>();
  private volatile boolean closed;

  /** A store without snapshots. */
  public InMemorySnapshotStore() {}

  @Override
  public List<String> keys() {
    requireOpen();
    return List.copyOf(generations.keySet());
  }

  @Override
  public SavedSnapshot save(String key, Snapshot snapshot) {
    requireOpen();
    FileStore.requireKey(key);
    List<StoredSection> sections = snapshot.sections().stream().map(StoredSection::copyOf).toList();
    Generation saved =
        generations.merge(
            key,
            new Generation(1, snapshot.meta(), sections),
            (older, newer) -> new Generation(older.number() + 1, newer.meta(), newer.sections()));
    return new SavedSnapshot(location(key), saved.number(), saved.bytes(), saved.originals());
  }

  @Override
  public Optional<LoadedSnapshot> load(
      String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
    requireOpen();
    FileStore.requireKey(key);
    Generation generation = generations.get(key);
    if (generation == null) {
      return Optional.empty();
    }
    try {
      SnapshotAssembler assembler = assemblers.apply(generation.meta());
      Optional<StoredVectors> originals = generation.originals();
      for (StoredSection section : generation.sections()) {
        if (section.type() == SectionType.ORIGINALS && originals.isPresent()) {
          assembler.originals(originals.get());
        } else {
          section.copyTo(assembler);
        }
      }
      return Optional.of(
          new LoadedSnapshot(
              assembler.finish(),
              location(key),
              generation.number(),
              List.of(),
              Coverage.COMPLETE,
              0));
    } catch (MalformedSnapshotException e) {
      throw new CorruptSnapshotException(location(key), 0, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public ChangeLog log(String key) {
    return ChangeLog.NONE;
  }

  @Override
  public StoreCondition condition() {
    return StoreCondition.sound();
  }

  @Override
  public boolean delete(String key) {
    requireOpen();
    FileStore.requireKey(key);
    return generations.remove(key) != null;
  }

  private static String location(String key) {
    return "memory:" + key;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store in memory is closed");
    }
  }

  /** Forgets every snapshot. */
  @Override
  public void close() {
    closed = true;
    generations.clear();
  }

  private record Generation(long number, SnapshotMeta meta, List<StoredSection> sections) {
    long bytes() {
      return sections.stream().mapToLong(section -> section.bytes().byteSize()).sum();
    }

    /** The kept vectors, for a collection that need not hold its own beside them. */
    Optional<StoredVectors> originals() {
      return sections.stream()
          .filter(section -> section.type() == SectionType.ORIGINALS && meta.lists() > 0)
          .findFirst()
          .map(
              section ->
                  new KeptVectors(
                      section.bytes(), meta.entries(), meta.options().dimension() * Float.BYTES));
    }
  }

  /**
   * The vectors of a kept section.
   *
   * @param bytes {@code size × rowBytes}, read-only
   */
  private record KeptVectors(MemorySegment bytes, int size, int rowBytes) implements StoredVectors {
    @Override
    public MemorySegment rows(int first, int count) {
      Objects.checkFromIndexSize(first, count, size);
      return bytes.asSlice((long) first * rowBytes, (long) count * rowBytes);
    }
  }

  /**
   * A copy of a section.
   *
   * @param bytes read-only, elements in little-endian order
   */
  private record StoredSection(SectionType type, MemorySegment bytes) {
    static StoredSection copyOf(Section section) {
      MemorySegment bytes = Arena.ofAuto().allocate(section.byteLength(), Long.BYTES);
      new SectionParts(section.parts(), section.type().elementType())
          .get(bytes, 0, bytes.byteSize());
      return new StoredSection(section.type(), bytes.asReadOnly());
    }

    void copyTo(SnapshotAssembler assembler) {
      List<MemorySegment> parts = assembler.allocate(type, bytes.byteSize());
      new SectionParts(parts, type.elementType()).put(bytes, 0, bytes.byteSize());
    }
  }
}
