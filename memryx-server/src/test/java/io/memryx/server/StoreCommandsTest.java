package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.persistence.DurableVectorStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exit codes and documents of {@code verify}, {@code backup}, {@code restore}, {@code repair}. */
final class StoreCommandsTest {
  @TempDir private Path directory;

  private record Ended(int code, String out, String err) {
    String text(String field) {
      return String.valueOf(Json.member(Json.object(out), field));
    }

    /** The first object of a list. */
    Map<String, Object> first(String field) {
      return Json.objects(Json.object(out), field).getFirst();
    }
  }

  private static Ended run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Ended(code, out.toString(), err.toString());
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** Twenty entries in two generations, and ten more in the log. */
  @BeforeEach
  void makeStore() {
    try (var store = DurableVectorStore.open(directory.resolve("store"))) {
      var docs = store.collection("docs", CollectionOptions.of(4));
      for (int round = 0; round < 3; round++) {
        docs.upsert(entries(10 * round));
        if (round < 2) {
          docs.build(BuildRequest.defaults());
        }
      }
    }
  }

  private static List<Entry> entries(int from) {
    return IntStream.range(from, from + 10)
        .mapToObj(i -> Entry.of("id-" + i, new float[] {i, 1, 2, 3}, Metadata.of("n", "m" + i)))
        .toList();
  }

  private int size(String store) {
    try (var opened = DurableVectorStore.open(directory.resolve(store))) {
      return opened.find("docs").orElseThrow().size();
    }
  }

  /** Flips a bit of the last file of the store's collection whose name begins so. */
  private void flip(String prefix, int offset) throws IOException {
    Path file = last(prefix);
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] ^= 1;
    Files.write(file, bytes);
  }

  private Path last(String prefix) throws IOException {
    try (var files = Files.walk(directory.resolve("store"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  @Test
  void backupAndRestore_giveTheSameEntries() {
    Ended backup = run("backup", path("store"), path("backup"), "--json");
    assertEquals(0, backup.code(), backup.err());
    assertEquals("", backup.err());
    assertEquals("backed_up", backup.text("status"));
    Map<String, Object> docs = backup.first("collections");
    assertEquals("docs", docs.get("key"));
    assertEquals("20", String.valueOf(docs.get("vectors")));
    assertEquals("1", String.valueOf(docs.get("logged_changes")));
    assertEquals(0, run("verify", path("backup")).code());
    Ended restore = run("restore", path("backup"), path("restored"));
    assertEquals(0, restore.code(), restore.err());
    assertTrue(restore.out().contains("restored: 1 collection,"), restore.out());
    assertEquals(30, size("restored"));
  }

  @Test
  void backup_noStoreOrTakenTarget_isWrongUsage() throws IOException {
    assertEquals(2, run("backup", path("nowhere"), path("backup")).code());
    assertEquals(2, run("backup", path("store")).code());
    Files.createDirectory(directory.resolve("backup"));
    Files.writeString(directory.resolve("backup").resolve("mine.txt"), "mine");
    Ended taken = run("backup", path("store"), path("backup"));
    assertEquals(2, taken.code());
    assertEquals("", taken.out());
    assertTrue(taken.err().startsWith("memryx: ") && taken.err().contains("mine.txt"), taken.err());
    assertEquals(2, run("restore", path("store"), path("backup")).code());
  }

  @Test
  void restore_copiedSnapshot_givesTheLastFinalize() throws IOException {
    Path copy = directory.resolve("backup_20260101.mrx");
    Files.copy(last("snapshot_latest.mrx"), copy);
    Ended restore = run("restore", copy.toString(), path("restored"), "--json");
    assertEquals(0, restore.code(), restore.err());
    assertEquals("restored", restore.text("status"));
    assertEquals(20, size("restored"));
  }

  @Test
  void restore_damagedBackup_endsWithStorageAndLeavesNothing() throws IOException {
    assertEquals(0, run("backup", path("store"), path("backup")).code());
    Path list = directory.resolve("backup").resolve("BACKUP");
    Files.writeString(list, Files.readString(list).replaceFirst("MANIFEST-0", "MANIFEST-1"));
    assertEquals(1, run("verify", path("backup")).code());
    Ended restore = run("restore", path("backup"), path("restored"));
    assertEquals(3, restore.code());
    assertTrue(restore.err().contains("is damaged at offset"), restore.err());
    assertFalse(Files.exists(directory.resolve("restored")));
  }

  @Test
  void openStore_isBackedUpButNotRestoredFromOrRepaired() {
    try (var store = DurableVectorStore.open(directory.resolve("store"))) {
      assertEquals(30, store.find("docs").orElseThrow().size());
      assertEquals(0, run("verify", path("store")).code());
      assertEquals(0, run("backup", path("store"), path("backup")).code());
      assertEquals(3, run("restore", path("store"), path("restored")).code());
      assertEquals(3, run("repair", path("store")).code());
    }
  }

  @Test
  void soundStore_hasNothingToRepair() {
    Ended repair = run("repair", path("store"), "--json");
    assertEquals(0, repair.code(), repair.err());
    assertEquals("sound", repair.text("status"));
    assertEquals(3, run("verify", path("nowhere")).code());
    assertEquals(2, run("repair", path("nowhere")).code());
  }

  @Test
  void damagedLog_isRepairedWithItsTokenOnly() throws IOException {
    flip("wal-", 130);
    Ended verify = run("verify", path("store"), "--json");
    assertEquals(2, verify.code(), verify.out());
    assertTrue(String.valueOf(verify.first("findings").get("file")).contains("wal-"));
    assertEquals(false, verify.first("collections").get("recoverable"));
    Ended plan = run("repair", path("store"), "--json");
    assertEquals(7, plan.code(), plan.err());
    assertEquals("repairable", plan.text("status"));
    assertEquals("docs", plan.first("steps").get("collection"));
    assertEquals(2, run("repair", path("store"), "--drop-corrupt", "no-such-token").code());
    String token = plan.text("token");
    Ended repaired = run("repair", path("store"), "--drop-corrupt", token);
    assertEquals(0, repaired.code(), repaired.out() + repaired.err());
    assertTrue(repaired.out().endsWith("repaired: the store is sound" + System.lineSeparator()));
    assertEquals(0, run("verify", path("store")).code());
    assertEquals(20, size("store"));
  }

  @Test
  void damagedNewestManifest_isRecoverable() throws IOException {
    flip("MANIFEST-", 40);
    Ended verify = run("verify", path("store"), "--json");
    assertEquals(1, verify.code(), verify.out());
    assertEquals("damaged_recoverable", verify.text("status"));
    assertEquals(30, size("store"));
  }

  @Test
  void everyCommand_tellsItsExitCodes() {
    for (String command : List.of("verify", "backup", "restore", "repair")) {
      Ended help = run(command, "--help");
      assertEquals(0, help.code());
      assertTrue(help.out().contains("Exit codes: 0"), help.out());
    }
  }
}
