package io.memryx.persistence.internal.wal;

import static io.memryx.persistence.internal.wal.TestLog.deletion;
import static io.memryx.persistence.internal.wal.TestLog.text;
import static io.memryx.persistence.internal.wal.TestLog.upsert;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import io.memryx.snapshot.Change;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CollectionLogTest {
  private static final int PATIENCE_SECONDS = 60;

  private static List<String> traceOf(MemoryFiles files) {
    List<String> trace = Collections.synchronizedList(new ArrayList<>());
    files.setFault((index, operation) -> trace.add(operation));
    return trace;
  }

  private static String name(long segment) {
    return SegmentHeader.fileName(segment);
  }

  // ---- what comes back

  @Test
  void replay_everyKindOfChange_givesThemInOrder() throws IOException {
    var files = new MemoryFiles();
    List<Change> changes =
        List.of(
            upsert("a", 1),
            upsert("b", 7),
            deletion("a", 1),
            upsert("long" + "x".repeat(500), 3, 1),
            deletion("nobody", 300),
            upsert("wide", 2, 4_096));
    List<String> expected = new ArrayList<>();
    try (TestLog log = TestLog.open(files)) {
      for (Change change : changes) {
        long sequence = log.log.append(change);
        expected.add(sequence + ": " + text(change));
      }
      assertEquals(changes.size(), log.log.lastSequence());
    }
    try (TestLog log = TestLog.open(files)) {
      assertEquals(expected, log.changes);
      assertEquals(new Replayed(changes.size(), changes.size(), 0), log.replayed);
      assertEquals(changes.size() + 1, log.log.append(deletion("b", 1)));
    }
    expected.add("7: " + text(deletion("b", 1)));
    assertEquals(expected, TestLog.read(files, Position.START));
    assertEquals(expected.subList(4, 7), TestLog.read(files, new Position(1, 4, 2)));
  }

  @Test
  void append_batchOfManyFrames_isOneChange() throws IOException {
    var files = new MemoryFiles();
    Change large = upsert("large", 1_500, 2_048);
    Change manyIds = deletion("x".repeat(500), 20_000);
    try (TestLog log = TestLog.open(files)) {
      assertEquals(1, log.log.append(large));
      assertEquals(2, log.log.append(manyIds));
      assertEquals(3, log.log.append(upsert("a", 1)));
      assertTrue(log.log.bytes() > 3L * FrameHeader.MAX_PAYLOAD_BYTES);
    }
    assertEquals(
        List.of("1: " + text(large), "2: " + text(manyIds), "3: " + text(upsert("a", 1))),
        TestLog.read(files, Position.START));
  }

  @Test
  void append_writesThatTakeFewBytesAtOnce_areGoneOnWith() throws IOException {
    var files = new MemoryFiles();
    files.largestWrite = 7;
    try (TestLog log = TestLog.open(files)) {
      log.log.append(upsert("a", 5));
    }
    assertEquals(List.of("1: " + text(upsert("a", 5))), TestLog.read(files, Position.START));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 16})
  void append_manyThreads_numbersAreContiguousAndReplayIsInTheirOrder(int threads)
      throws Exception {
    var files = new MemoryFiles();
    Map<Long, String> appended = new ConcurrentHashMap<>();
    try (TestLog log = TestLog.open(files)) {
      List<Thread> clients = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        String client = "client" + thread;
        clients.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      long before = 0;
                      for (int i = 0; i < 50; i++) {
                        Change change = upsert(client + "/" + i, 1 + i % 3);
                        long sequence = log.log.append(change);
                        assertTrue(sequence > before);
                        before = sequence;
                        appended.put(sequence, sequence + ": " + text(change));
                      }
                    }));
      }
      for (Thread client : clients) {
        client.join();
      }
    }
    assertEquals(50 * threads, appended.size());
    assertEquals(
        List.copyOf(new TreeMap<>(appended).values()), TestLog.read(files, Position.START));
  }

  @Test
  void append_beforeReplay_isRefused() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files)) {
      CollectionLog other =
          CollectionLog.open(log.writer, TestLog.DIRECTORY, TestLog.CHAIN, Claim.NONE);
      assertThrows(IllegalStateException.class, () -> other.append(upsert("a", 1)));
      assertThrows(
          IllegalStateException.class,
          () -> log.log.replay(Position.START, new TestLog.Listening(new ArrayList<>())));
    }
  }

  @Test
  void append_entryThatFails_leavesNothingBehind() throws IOException {
    var files = new MemoryFiles();
    var broken = new ArrayList<>(upsert("large", 1_500, 2_048).entries());
    broken.set(1_400, null);
    try (TestLog log = TestLog.open(files)) {
      log.log.append(upsert("a", 1));
      assertThrows(NullPointerException.class, () -> log.log.append(new Change.Upsert(broken)));
      assertEquals(2, log.log.append(upsert("b", 1)));
    }
    assertEquals(
        List.of("1: " + text(upsert("a", 1)), "2: " + text(upsert("b", 1))),
        TestLog.read(files, Position.START));
  }

  // ---- who may, and when it ends

  @Test
  void append_interruptedThread_isLoggedAndTheInterruptKept() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files)) {
      Thread.currentThread().interrupt();
      assertEquals(1, log.log.append(upsert("a", 1)));
      assertTrue(Thread.interrupted());
      assertFalse(Thread.interrupted());
    }
  }

  @Test
  void append_afterClose_isRefused() throws IOException {
    TestLog log = TestLog.open(new MemoryFiles());
    log.log.append(upsert("a", 1));
    log.close();
    log.close();
    assertThrows(IllegalStateException.class, () -> log.log.append(upsert("b", 1)));
    assertEquals(0, log.files.openExtents);
  }

  @Test
  void append_afterEnd_isRefusedAndNoFileIsOpen() throws IOException {
    try (TestLog log = TestLog.open(new MemoryFiles())) {
      log.log.append(upsert("a", 1));
      assertEquals(1, log.files.openExtents);
      log.log.end();
      assertEquals(0, log.files.openExtents);
      assertThrows(IllegalStateException.class, () -> log.log.append(upsert("b", 1)));
    }
  }

  @Test
  void append_lockTakenAway_isNotAcknowledged() throws IOException {
    try (TestLog log = TestLog.open(new MemoryFiles())) {
      log.log.append(upsert("a", 1));
      log.files.setFault(
          (index, operation) -> {
            if (operation.startsWith("force")) {
              log.files.takeLock();
            }
          });
      assertThrows(FencedException.class, () -> log.log.append(upsert("b", 1)));
      assertThrows(FencedException.class, () -> log.log.append(upsert("c", 1)));
      assertThrows(FencedException.class, log::close);
    }
  }

  @Test
  void append_asyncAndLockTakenAwayWhileWriting_isNotAcknowledged() throws IOException {
    var seldomForced = DurabilityOptions.async(Duration.ofSeconds(60));
    try (TestLog log = TestLog.open(new MemoryFiles(), seldomForced)) {
      log.log.append(upsert("a", 1));
      log.files.setFault(
          (index, operation) -> {
            if (operation.startsWith("write")) {
              log.files.takeLock();
            }
          });
      assertThrows(FencedException.class, () -> log.log.append(upsert("b", 1)));
      assertThrows(FencedException.class, () -> log.log.append(upsert("c", 1)));
      assertThrows(FencedException.class, log::close);
    }
  }

  @Test
  void append_numberTakenByAnotherWriter_isFenced() throws IOException {
    try (TestLog log = TestLog.open(new MemoryFiles())) {
      log.files.put(TestLog.segment(1), new byte[OpenSegment.STEP_BYTES]);
      assertThrows(FencedException.class, () -> log.log.append(upsert("a", 1)));
      assertThrows(FencedException.class, log::close);
    }
  }

  // ---- what is done to the disk

  @Test
  void append_first_makesTheSegmentDurableThenClaimsItThenWrites() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files)) {
      List<String> trace = traceOf(files);
      CollectionLog claimed =
          CollectionLog.open(
              log.writer, TestLog.DIRECTORY, TestLog.CHAIN, number -> trace.add("claim " + number));
      claimed.replay(Position.START, new TestLog.Listening(new ArrayList<>()));
      trace.clear();
      claimed.append(upsert("a", 1));
      String file = name(1);
      assertEquals(
          List.of(
              "create " + file,
              "openExtent " + file,
              "setSize " + file,
              "write " + file,
              "forceSize " + file,
              "syncDirectory",
              "claim 1",
              "write " + file,
              "force " + file),
          trace);
      trace.clear();
      claimed.append(upsert("b", 1));
      assertEquals(List.of("write " + file, "force " + file), withoutMarks(trace));
    }
  }

  /** A slow machine may mark between two appends. */
  private static List<String> withoutMarks(List<String> trace) {
    return trace.subList(Math.max(0, trace.size() - 2), trace.size());
  }

  @Test
  void rotate_makesTheNextSegmentDurableThenSealsTheOldOne() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files, DurabilityOptions.os())) {
      log.log.rotate();
      log.log.append(upsert("a", 1));
      List<String> trace = traceOf(files);
      log.log.rotate();
      assertEquals(
          List.of(
              "force " + name(1),
              "create " + name(2),
              "openExtent " + name(2),
              "setSize " + name(2),
              "write " + name(2),
              "forceSize " + name(2),
              "syncDirectory",
              "write " + name(1),
              "force " + name(1),
              "closeExtent " + name(1)),
          trace);
      trace.clear();
      log.log.rotate();
      assertEquals(List.of(), trace, "a segment without changes is not rotated");
      assertEquals(2, log.log.append(upsert("b", 1)));
    }
    assertEquals(2, TestLog.read(files, Position.START).size());
  }

  @Test
  void claim_fails_isAskedAgainAndNothingIsLoggedBefore() throws IOException {
    var files = new MemoryFiles();
    var failures = new AtomicInteger(2);
    List<Long> claimed = new ArrayList<>();
    try (TestLog log = TestLog.open(files)) {
      CollectionLog claiming =
          CollectionLog.open(
              log.writer,
              TestLog.DIRECTORY,
              TestLog.CHAIN,
              number -> {
                claimed.add(number);
                if (failures.getAndDecrement() > 0) {
                  throw new IOException("No space left on device");
                }
              });
      claiming.replay(Position.START, new TestLog.Listening(new ArrayList<>()));
      for (int i = 0; i < 2; i++) {
        assertThrows(RuntimeException.class, () -> claiming.append(upsert("a", 1)));
      }
      assertEquals(1, claiming.append(upsert("a", 1)));
      assertEquals(2, claiming.append(upsert("b", 1)));
      assertEquals(List.of(1L, 1L, 1L), claimed);
    }
  }

  @Test
  void append_whileAForceIsUnderWay_sharesTheNextOne() throws Exception {
    var files = new MemoryFiles();
    var waits = new CountDownLatch(1);
    var forcing = new CountDownLatch(1);
    var once = new AtomicBoolean();
    var forces = new AtomicInteger();
    try (TestLog log = TestLog.open(files)) {
      log.log.append(upsert("first", 1));
      files.setFault(
          (index, operation) -> {
            if (operation.startsWith("force ")) {
              forces.incrementAndGet();
              if (once.compareAndSet(false, true)) {
                forcing.countDown();
                awaitUninterruptibly(waits);
              }
            }
          });
      List<Thread> clients = new ArrayList<>();
      clients.add(Thread.ofPlatform().start(() -> log.log.append(upsert("second", 1))));
      forcing.await();
      for (int i = 0; i < 16; i++) {
        String client = "client" + i;
        clients.add(Thread.ofPlatform().start(() -> log.log.append(upsert(client, 1))));
      }
      for (Thread client : clients) {
        while (client.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
      }
      waits.countDown();
      for (Thread client : clients) {
        client.join();
      }
      assertEquals(2, forces.get(), "17 changes, of which 16 came while one was forced");
    }
    assertEquals(18, TestLog.read(files, Position.START).size());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void append_async_isAnsweredBeforeItIsForcedAndForcedLater() throws IOException {
    var files = new MemoryFiles();
    var forced = new CountDownLatch(1);
    try (TestLog log = TestLog.open(files, DurabilityOptions.async(Duration.ofMillis(1)))) {
      log.log.append(upsert("a", 1));
      files.setFault(
          (index, operation) -> {
            if (operation.startsWith("force ")) {
              forced.countDown();
            }
          });
      log.log.append(upsert("b", 1));
      awaitUninterruptibly(forced);
    }
  }

  @Test
  void append_asyncWithALongInterval_isForcedAtCloseOnly() throws IOException {
    var files = new MemoryFiles();
    List<String> trace;
    try (TestLog log = TestLog.open(files, DurabilityOptions.async(Duration.ofSeconds(60)))) {
      log.log.append(upsert("a", 1));
      trace = traceOf(files);
      log.log.append(upsert("b", 1));
      assertEquals(List.of("write " + name(1)), trace);
      assertEquals(List.of(), TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START));
    }
    assertEquals(
        List.of(
            "write " + name(1), "force " + name(1), "write " + name(1), "closeExtent " + name(1)),
        trace.subList(trace.indexOf("write " + name(1)), trace.size()).stream()
            .filter(operation -> !operation.startsWith("open") && !operation.equals("read"))
            .filter(operation -> !operation.equals("list"))
            .toList());
    assertEquals(2, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
  }

  @Test
  void force_asyncWithALongInterval_makesWhatWasAppendedDurable() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files, DurabilityOptions.async(Duration.ofSeconds(60)))) {
      log.log.append(upsert("a", 1));
      log.writer.force();
      log.log.append(upsert("b", 1));
      assertEquals(1, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
    }
  }

  @Test
  void append_os_isForcedAtRotationAndCloseOnly() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files, DurabilityOptions.os())) {
      log.log.append(upsert("a", 1));
      log.log.append(upsert("b", 1));
      assertEquals(0, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
      log.log.rotate();
      assertEquals(2, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
      log.log.append(upsert("c", 1));
      assertEquals(2, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
    }
    assertEquals(3, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
  }

  @Test
  void append_nothingFollows_isMarkedAsDurable() throws IOException {
    var files = new MemoryFiles();
    var marked = new CountDownLatch(2);
    try (TestLog log = TestLog.open(files)) {
      log.log.append(upsert("a", 1));
      files.setFault(
          (index, operation) -> {
            if (operation.startsWith("write")) {
              marked.countDown();
            }
          });
      log.log.append(upsert("b", 1));
      awaitUninterruptibly(marked);
    }
    assertEquals(2, TestLog.read(files, Position.START).size());
  }

  @Test
  void append_moreLogsThanFilesMayBeOpen_closesTheLeastRecentlyUsed() throws IOException {
    var files = new MemoryFiles();
    int logs = OpenFiles.MAX + 20;
    List<CollectionLog> opened = new ArrayList<>();
    try (TestLog log = TestLog.open(files, DurabilityOptions.os())) {
      for (int i = 0; i < logs; i++) {
        Path directory = TestLog.ROOT.resolve("collection" + i);
        files.createDirectories(directory);
        CollectionLog each = CollectionLog.open(log.writer, directory, TestLog.CHAIN, Claim.NONE);
        each.replay(Position.START, new TestLog.Listening(new ArrayList<>()));
        opened.add(each);
      }
      for (int round = 1; round <= 2; round++) {
        for (CollectionLog each : opened) {
          assertEquals(round, each.append(upsert("round" + round, 2)));
        }
      }
      assertTrue(files.mostOpenExtents <= OpenFiles.MAX + 1, files.mostOpenExtents + " open");
    }
    assertEquals(0, files.openExtents);
    MemoryFiles after = files.afterPowerCut(-1, Unforced.LOST);
    for (int i = 0; i < logs; i++) {
      assertEquals(
          2,
          CollectionLog.check(
                  after, TestLog.ROOT.resolve("collection" + i), TestLog.CHAIN, Position.START)
              .changes());
    }
  }

  // ---- floors and sizes

  @Test
  void floorAfter_isTheFirstSegmentThatMayHoldALaterChange() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files)) {
      assertEquals(1, log.log.floorAfter(0));
      assertEquals(0, log.log.newestSegment());
      log.log.append(upsert("a", 1));
      log.log.append(upsert("b", 1));
      log.log.rotate();
      long older = log.log.bytes();
      log.log.append(upsert("c", 1));
      assertEquals(1, log.log.floorAfter(0));
      assertEquals(1, log.log.floorAfter(1));
      assertEquals(2, log.log.floorAfter(2));
      assertEquals(2, log.log.floorAfter(3));
      assertEquals(2, log.log.newestSegment());
      assertTrue(log.log.bytes() > older);
      log.log.snapshotHolds(2);
      assertTrue(log.log.bytes() < older);
      log.log.deleteBefore(2);
      assertFalse(files.isFile(TestLog.segment(1)));
      log.log.deleteBefore(99);
      assertTrue(files.isFile(TestLog.segment(2)), "it is written");
    }
    try (TestLog log = TestLog.open(files, new Position(2, 2, 2))) {
      assertEquals(List.of("3: " + text(upsert("c", 1))), log.changes);
      assertEquals(2, log.log.floorAfter(2));
      assertEquals(3, log.log.floorAfter(3));
      log.log.snapshotHolds(3);
      assertEquals(0, log.log.bytes());
      log.log.deleteBefore(3);
      assertFalse(files.isFile(TestLog.segment(2)));
    }
    try (TestLog log = TestLog.open(files, new Position(3, 3, 2))) {
      assertEquals(new Replayed(0, 3, 0), log.replayed);
      assertEquals(4, log.log.append(upsert("d", 1)));
      assertEquals(3, log.log.newestSegment());
    }
    assertEquals(1, TestLog.read(files, new Position(3, 3, 3)).size());
  }

  @Test
  void replay_snapshotHoldsMoreThanAPowerCutLeft_goesOnAfterTheSnapshot() throws IOException {
    var files = new MemoryFiles();
    TestLog before = TestLog.open(files, DurabilityOptions.os());
    before.log.append(upsert("a", 1));
    before.log.rotate();
    before.log.append(upsert("b", 1));
    MemoryFiles after = files.afterPowerCut(-1, Unforced.LOST);
    before.close();
    try (TestLog log = TestLog.open(after, new Position(2, 2, 2))) {
      assertEquals(2, log.replayed.lastSequence());
      assertEquals(3, log.log.append(upsert("c", 1)));
    }
    assertEquals(1, TestLog.read(after, new Position(2, 2, 3)).size());
    assertThrows(CorruptSnapshotException.class, () -> TestLog.read(after, new Position(1, 0, 3)));
  }

  @Test
  void replay_whatAnEndedProcessDidNotForce_isForcedBeforeItIsShown() throws IOException {
    var files = new MemoryFiles();
    TestLog ended = TestLog.open(files, DurabilityOptions.os());
    ended.log.append(upsert("a", 1));
    files.dropLock();
    TestLog next = TestLog.open(files);
    assertEquals(1, next.changes.size());
    assertEquals(1, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
    next.log.append(upsert("b", 1));
    assertEquals(2, TestLog.read(files.afterPowerCut(-1, Unforced.LOST), Position.START).size());
    next.close();
    ended.writer.close();
  }

  // ---- what is refused

  @Test
  void replay_segmentOfANewerVersion_isUnsupported() throws IOException {
    MemoryFiles files = threeSegments();
    byte[] bytes = files.bytes(TestLog.segment(3));
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort(8, (short) 2);
    var crc = new java.util.zip.CRC32C();
    crc.update(bytes, 0, SegmentHeader.BYTES - Integer.BYTES);
    header.putInt(SegmentHeader.BYTES - Integer.BYTES, (int) crc.getValue());
    files.damage(TestLog.segment(3), bytes);
    assertThrows(
        UnsupportedFormatException.class, () -> TestLog.read(files, new Position(1, 0, 3)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void replay_segmentIsMissing_isRefused(int missing) throws IOException {
    MemoryFiles files = threeSegments();
    files.delete(TestLog.segment(missing));
    var failure =
        assertThrows(
            CorruptSnapshotException.class, () -> TestLog.read(files, new Position(1, 0, 1)));
    assertTrue(failure.what().contains("missing"), () -> "of " + missing + ": " + failure);
  }

  @Test
  void replay_segmentOfAnotherLogOrNumber_isRefused() throws IOException {
    MemoryFiles files = threeSegments();
    byte[] second = files.bytes(TestLog.segment(2));
    files.damage(TestLog.segment(2), files.bytes(TestLog.segment(3)));
    assertThrows(CorruptSnapshotException.class, () -> TestLog.read(files, new Position(1, 0, 1)));
    files.damage(TestLog.segment(2), second);
    assertEquals(3, TestLog.read(files, new Position(1, 0, 1)).size());
    assertThrows(
        CorruptSnapshotException.class,
        () ->
            CollectionLog.check(
                files, TestLog.DIRECTORY, new java.util.UUID(3, 4), Position.START));
  }

  @ParameterizedTest
  @EnumSource(Unforced.class)
  void open_creationThatWasCutOff_isIgnoredAndItsNumberSkipped(Unforced unforced)
      throws IOException {
    MemoryFiles files = threeSegments();
    files.create(TestLog.segment(4)).close();
    var extent = files.openExtent(TestLog.segment(4));
    extent.setSize(OpenSegment.STEP_BYTES);
    extent.write(ByteBuffer.wrap(files.bytes(TestLog.segment(3)), 0, SegmentHeader.BYTES - 1), 0);
    MemoryFiles after = files.afterPowerCut(-1, unforced);
    try (TestLog log = TestLog.open(after, new Position(1, 0, 3))) {
      assertEquals(3, log.changes.size());
      assertEquals(5, log.log.floorAfter(3));
      assertEquals(4, log.log.append(upsert("d", 1)));
      assertEquals(5, log.log.newestSegment());
    }
    assertEquals(4, TestLog.read(after, new Position(1, 0, 5)).size());
  }

  private static MemoryFiles threeSegments() throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files)) {
      log.log.append(upsert("a", 1));
      log.log.rotate();
      log.log.append(upsert("b", 1));
      log.log.rotate();
      log.log.append(upsert("c", 1));
    }
    return files;
  }
}
