package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.VectorCollection;
import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.FileSnapshotStore;
import io.memryx.persistence.StoreBackup;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores of what was never built, where memory is short: all of it is in the log. */
final class TenantBackupsTest {
  private static final TenantId ACME = new TenantId("acme");

  @TempDir Path directory;

  /** A store with one collection that was never built. */
  private Path source(int entries, int dimension) {
    Path source = directory.resolve("source");
    try (FileSnapshotStore snapshots = FileSnapshotStore.open(source);
        DurableVectorStore store = DurableVectorStore.open(snapshots, "acme/")) {
      VectorCollection docs = store.collection("docs", CollectionOptions.of(dimension));
      List<Entry> batch = new ArrayList<>();
      for (int entry = 0; entry < entries; entry++) {
        float[] vector = new float[dimension];
        vector[entry % dimension] = 1;
        batch.add(Entry.of("v" + entry, vector));
      }
      var _ = docs.upsert(batch);
    }
    return source;
  }

  private TenantBackups.Restored restore(Path source, long heapBytes) {
    Path root = directory.resolve("target");
    TenantRegistry registry =
        new TenantRegistry(Terms.of(Plan.UNLIMITED), 10, InstantSource.system());
    Usage usage = new Usage();
    TenantSpaces spaces =
        new TenantSpaces(registry, 10, usage, InstantSource.system(), System::nanoTime);
    spaces.load(Storage.onDisk(root, DurabilityOptions.fsync()), new Readiness(), (_, _) -> {});
    try (spaces) {
      TenantMoves moves =
          new TenantMoves(registry, spaces, usage, new Idempotency(System::nanoTime));
      TenantBackups backups =
          new TenantBackups(
              Optional.of(root), spaces, moves, new MemoryGuard(usage, 80, heapBytes));
      return backups.restore(
          ACME,
          content -> {
            var _ = StoreBackup.backup(source, content, key -> true, CopyProgress.SILENT);
          });
    }
  }

  private void assertNoRoom(Path source, long heapBytes, String what) {
    var refused = assertThrows(ProblemException.class, () -> restore(source, heapBytes)).problem();
    assertEquals(ProblemCode.MEMORY_GUARD, refused.code());
    assertTrue(refused.detail().contains(what), refused.detail());
  }

  @Test
  void restore_ofALogLargerThanTheRoom_isRefused() {
    Path source = source(1_000, 256);
    assertNoRoom(source, 2_000_000, "bytes more");
    assertEquals(1_000, restore(source, 100_000_000).vectors());
  }

  /** Small vectors take several times as much in memory as in the log. */
  @Test
  void restore_ofWhatTakesMoreThanItsFiles_isRefused() {
    Path source = source(20_000, 1);
    long files = logBytes(source);
    // Twice the log would fit.
    assertNoRoom(source, 100 * (2 * files + 100_000) / 80, "this request");
    assertEquals(20_000, restore(source, 100_000_000).vectors());
  }

  private static long logBytes(Path store) {
    try (Stream<Path> files = Files.walk(store)) {
      long bytes =
          files
              .map(Path::toFile)
              .filter(file -> file.getName().endsWith(".log"))
              .mapToLong(File::length)
              .sum();
      assertTrue(bytes > 0);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
