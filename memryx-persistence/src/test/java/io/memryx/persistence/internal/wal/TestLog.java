package io.memryx.persistence.internal.wal;

import io.memryx.VectorCollection;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.LoggedEntry;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.StoredVectors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A log of one collection in a file system in memory, and what a chain of manifests knows of it.
 */
final class TestLog implements AutoCloseable {
  static final Path ROOT = Path.of("/store");
  static final Path DIRECTORY = ROOT.resolve("docs");
  static final UUID CHAIN = new UUID(1, 2);

  final MemoryFiles files;
  final Storage storage;
  final LogWriter writer;
  final CollectionLog log;
  final Replayed replayed;

  /** What was replayed, as texts, in order. */
  final List<String> changes = new ArrayList<>();

  private TestLog(MemoryFiles files, DurabilityOptions options, Position from, Claim claim)
      throws IOException {
    this.files = files;
    files.createDirectories(ROOT);
    files.createDirectories(DIRECTORY);
    storage = storageOf(files);
    writer = new LogWriter(storage, options);
    log = CollectionLog.open(writer, DIRECTORY, CHAIN, claim);
    replayed = log.replay(from, new Listening(changes));
  }

  static Storage storageOf(MemoryFiles files) throws IOException {
    var random = new SplittableRandom(7);
    return new Storage(
        files, ROOT, files.lock(ROOT), () -> new UUID(random.nextLong(), random.nextLong()));
  }

  static TestLog open(MemoryFiles files) throws IOException {
    return open(files, DurabilityOptions.fsync());
  }

  static TestLog open(MemoryFiles files, DurabilityOptions options) throws IOException {
    return new TestLog(files, options, Position.START, Claim.NONE);
  }

  static TestLog open(MemoryFiles files, Position from) throws IOException {
    return new TestLog(files, DurabilityOptions.fsync(), from, Claim.NONE);
  }

  static TestLog open(MemoryFiles files, DurabilityOptions options, Claim claim)
      throws IOException {
    return new TestLog(files, options, Position.START, claim);
  }

  static TestLog open(MemoryFiles files, Position from, DurabilityOptions options, Claim claim)
      throws IOException {
    return new TestLog(files, options, from, claim);
  }

  /** What a log holds, without opening it for writing. */
  static List<String> read(MemoryFiles files, Position from) throws IOException {
    List<String> changes = new ArrayList<>();
    new LogWalk(files, SegmentListing.of(files, DIRECTORY), CHAIN, from)
        .read((sequence, change) -> changes.add(sequence + ": " + text(change)));
    return changes;
  }

  static Path segment(long number) {
    return DIRECTORY.resolve(SegmentHeader.fileName(number));
  }

  /** Closes all and lets the lock go. */
  @Override
  public void close() {
    writer.close();
    files.dropLock();
  }

  // ---- changes

  /** Entries that can be told from others, of few dimensions. */
  static Change.Upsert upsert(String name, int entries) {
    return upsert(name, entries, 3);
  }

  static Change.Upsert upsert(String name, int entries, int dimension) {
    List<LoggedEntry> upserted = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      String fields = i % 2 == 0 ? "" : "metadata of " + name + i;
      float[] vector = new float[dimension];
      Arrays.fill(vector, i + 0.5f);
      upserted.add(new Given(bytes(name + "/" + i), bytes(fields), vector));
    }
    return new Change.Upsert(upserted);
  }

  static Change.Deletion deletion(String name, int ids) {
    List<byte[]> deleted = new ArrayList<>();
    for (int i = 0; i < ids; i++) {
      deleted.add(bytes(name + "/" + i));
    }
    return new Change.Deletion(deleted);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** All that is in a change. */
  static String text(Change change) {
    var text = new StringBuilder();
    switch (change) {
      case Change.Upsert(var entries) -> {
        text.append("upsert");
        for (LoggedEntry entry : entries) {
          float[] vector = new float[entry.dimension()];
          entry.copyVectorTo(vector, 0);
          text.append(' ').append(utf8(entry.id())).append('{').append(utf8(entry.metadata()));
          text.append('}').append(Arrays.hashCode(vector));
        }
      }
      case Change.Deletion(var ids) -> {
        text.append("deletion");
        ids.forEach(id -> text.append(' ').append(utf8(id)));
      }
    }
    return text.toString();
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** An entry as a caller gives it. */
  static final class Given implements LoggedEntry {
    private final byte[] id;
    private final byte[] metadata;
    private final float[] vector;

    Given(byte[] id, byte[] metadata, float[] vector) {
      this.id = id;
      this.metadata = metadata;
      this.vector = vector;
    }

    @Override
    public byte[] id() {
      return id;
    }

    @Override
    public byte[] metadata() {
      return metadata;
    }

    @Override
    public int dimension() {
      return vector.length;
    }

    @Override
    public void copyVectorTo(float[] target, int offset) {
      System.arraycopy(vector, 0, target, offset, vector.length);
    }
  }

  /** Writes down what is replayed. */
  record Listening(List<String> changes) implements SnapshotAssembler {
    @Override
    public List<MemorySegment> allocate(SectionType type, long byteLength) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void originals(StoredVectors vectors) {
      throw new UnsupportedOperationException();
    }

    @Override
    public VectorCollection finish() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void replay(long sequence, Change change) {
      changes.add(sequence + ": " + text(change));
    }
  }

  /** What a call threw, or null. */
  static @Nullable RuntimeException failureOf(Runnable call) {
    try {
      call.run();
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }
}
