package io.memryx.persistence.internal.file;

import com.google.protobuf.InvalidProtocolBufferException;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.StoreCondition;
import io.memryx.persistence.fuzz.HostileBytes;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.proto.SectionEntry;
import io.memryx.persistence.internal.proto.SectionTable;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Snapshots for a fuzzer, read into a collection that is then asked for all it has. */
public final class FuzzedSnapshot {
  private static final String KEY = "fuzzed";
  private static final long BUDGET_BYTES = 64 << 20;
  private static final int HEADER_CRC_OFFSET = 60;
  private static final int SNAPSHOT_OFFSET = 32;

  private FuzzedSnapshot() {}

  /** The file of a snapshot. */
  public static byte[] file(Snapshot snapshot) {
    var bytes = new ByteArrayOutputStream();
    try {
      SnapshotWriter.Written written =
          SnapshotWriter.write(
              new Collected(bytes),
              new SnapshotHeader(SnapshotHeader.MAJOR, new UUID(0, 1), new UUID(0, 2), 0),
              KEY,
              snapshot);
      assert written != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    var ignored = isTaken(input);
  }

  /** Whether it is a snapshot of a collection. */
  public static boolean isTaken(byte[] input) {
    byte[] content = HostileBytes.content(input);
    byte[] sealed = HostileBytes.wantsSeal(input) ? sealed(content) : content;
    return HostileBytes.read(
        "snap.mrx",
        sealed,
        (files, file) -> {
          try (DurableVectorStore store =
              DurableVectorStore.open(
                  new OneSnapshot(files, file),
                  "",
                  StoreOptions.defaults().withMemoryBudget(BUDGET_BYTES))) {
            for (VectorCollection collection : store.collections()) {
              long entries = collection.entries().count();
              if (entries != collection.size()) {
                throw new AssertionError("%d entries of %d".formatted(entries, collection.size()));
              }
            }
          }
        });
  }

  /**
   * The same with checksums that are right, as far as there is a table that tells where they are.
   */
  private static byte[] sealed(byte[] content) {
    byte[] sealed = content.clone();
    if (sealed.length < SnapshotHeader.BYTES + SnapshotTrailer.BYTES) {
      return sealed;
    }
    ByteBuffer bytes = ByteBuffer.wrap(sealed).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(HEADER_CRC_OFFSET, SnapshotHeader.crc32c(bytes.slice(0, HEADER_CRC_OFFSET)));
    UUID snapshot = SnapshotHeader.uuid(Arrays.copyOfRange(sealed, SNAPSHOT_OFFSET, 48));
    int end = sealed.length - SnapshotTrailer.BYTES;
    int tableBytes = Math.clamp(bytes.getInt(end + 48), 0, end - SnapshotHeader.BYTES);
    int tableOffset = end - tableBytes;
    byte[] table = Arrays.copyOfRange(sealed, tableOffset, end);
    var trailer = new SnapshotTrailer(Sha256.of(table), tableOffset, tableBytes, sealed.length);
    bytes.put(end, trailer.encode(snapshot).array());
    try {
      List<SectionEntry> sections = SectionTable.parseFrom(table).getSectionsList();
      for (int number = 0; number < sections.size(); number++) {
        sealChunks(bytes, sections.get(number), number, snapshot);
      }
    } catch (InvalidProtocolBufferException e) {
      return sealed;
    }
    return sealed;
  }

  private static void sealChunks(
      ByteBuffer bytes, SectionEntry section, int number, UUID snapshot) {
    long at = section.getOffset();
    long end = Math.min(bytes.capacity(), at + Math.max(0, section.getStoredLength()));
    for (int chunk = 0; at >= 0 && at < end; chunk++) {
      byte[] rest = new byte[(int) (end - at)];
      bytes.get((int) at, rest);
      try {
        ChunkFrame.Located located = ChunkFrame.decode(rest);
        int data = located.frame().dataBytes();
        int crc =
            ChunkFrame.crc32c(
                snapshot,
                section.getType(),
                number,
                chunk,
                ByteBuffer.wrap(rest, located.dataStart(), data).slice());
        byte[] prefix = new ChunkFrame(section.getType(), number, chunk, crc, data).encodePrefix();
        if (prefix.length != located.dataStart()) {
          return;
        }
        bytes.put((int) at, prefix);
        at += located.dataStart() + data;
      } catch (IOException | IndexOutOfBoundsException e) {
        return;
      }
    }
  }

  /** A file that is only looked at. */
  private record Collected(ByteArrayOutputStream target) implements StoreFiles.Sink {
    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      byte[] copy = new byte[count];
      bytes.get(copy);
      target.writeBytes(copy);
      return count;
    }

    @Override
    public void force() {}

    @Override
    public void close() {}
  }

  /** A snapshot store that has one file. */
  private record OneSnapshot(StoreFiles files, Path file) implements SnapshotStore {
    @Override
    public List<String> keys() {
      return List.of(KEY);
    }

    @Override
    public Optional<LoadedSnapshot> load(
        String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
      try (var reader = new SnapshotReader(file.toString(), files.open(file))) {
        return Optional.of(
            new LoadedSnapshot(
                reader.read(assemblers), file.toString(), 1, List.of(), Coverage.COMPLETE, 0));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public SavedSnapshot save(String key, Snapshot snapshot) {
      throw new AssertionError("a collection that is only looked at was saved");
    }

    @Override
    public ChangeLog log(String key) {
      return ChangeLog.NONE;
    }

    @Override
    public boolean delete(String key) {
      throw new AssertionError("a collection that is only looked at was deleted");
    }

    @Override
    public StoreCondition condition() {
      return StoreCondition.sound();
    }

    @Override
    public void close() {}
  }
}
