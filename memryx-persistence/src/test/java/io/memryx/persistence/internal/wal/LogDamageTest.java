package io.memryx.persistence.internal.wal;

import static io.memryx.persistence.internal.wal.TestLog.deletion;
import static io.memryx.persistence.internal.wal.TestLog.upsert;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LogDamageTest {
  private static final int FRAME_BYTES = 32 << 10;

  /** Of a log with a successor every so many bits are flipped: the same code reads it. */
  private static final int ROTATED_STEP = 7;

  /** A log of 32 KiB whose last frame is a marker. */
  private static MemoryFiles log(boolean rotated) throws IOException {
    var files = new MemoryFiles();
    try (TestLog log = TestLog.open(files)) {
      int i = 0;
      while (log.log.bytes() < FRAME_BYTES) {
        log.log.append(upsert("change" + i, 1 + i % 5, 8 + 40 * (i % 9)));
        log.log.append(deletion("change" + i, 1));
        i++;
      }
      if (rotated) {
        log.log.rotate();
        log.log.append(upsert("after", 1));
      }
    }
    return files;
  }

  /** What damage came to, by kind. */
  private record Verdicts(
      AtomicInteger detected, AtomicInteger harmless, Map<Integer, String> bad) {
    Verdicts() {
      this(new AtomicInteger(), new AtomicInteger(), new ConcurrentSkipListMap<>());
    }

    /** Reads a log whose one segment is replaced; gives out what is wrong about the answer. */
    void judge(int damage, byte[] bytes, List<String> expected, MemoryFiles sound) {
      var files = new MemoryFiles();
      try {
        files.createDirectories(TestLog.DIRECTORY);
        files.put(TestLog.segment(1), bytes);
        if (sound.isFile(TestLog.segment(2))) {
          files.put(TestLog.segment(2), sound.bytes(TestLog.segment(2)));
        }
        List<String> found = TestLog.read(files, new Position(1, 0, 1));
        harmless.incrementAndGet();
        if (!found.equals(expected)) {
          bad.put(damage, found.size() + " changes of " + expected.size());
        }
      } catch (PersistenceException e) {
        detected.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        bad.put(damage, e.toString());
      }
    }
  }

  @Test
  void read_anyBitFlipped_givesTheSameChangesOrARefusal() throws IOException {
    for (boolean rotated : new boolean[] {false, true}) {
      MemoryFiles sound = log(rotated);
      List<String> expected = TestLog.read(sound, new Position(1, 0, 1));
      byte[] bytes = sound.bytes(TestLog.segment(1));
      assertTrue(bytes.length < 2 * OpenSegment.STEP_BYTES, bytes.length + " bytes");
      var verdicts = new Verdicts();
      int bits = (FRAME_BYTES + 4_096) * Byte.SIZE;
      int step = rotated ? ROTATED_STEP : 1;
      IntStream.range(0, bits / step)
          .map(each -> each * step)
          .parallel()
          .forEach(
              bit -> {
                byte[] flipped = bytes.clone();
                flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                verdicts.judge(bit, flipped, expected, sound);
              });
      System.out.printf(
          "flips in a log%s: %,d bits, %,d refused, %,d harmless%n",
          rotated ? ", rotated" : "",
          bits / step,
          verdicts.detected.get(),
          verdicts.harmless.get());
      assertEquals(Map.of(), new TreeMap<>(verdicts.bad));
      assertTrue(verdicts.detected.get() > FRAME_BYTES / step * Byte.SIZE * 99 / 100);
    }
  }

  @Test
  void read_headerOfTheNewestSegmentFlipped_isToldOfThatFile() throws IOException {
    MemoryFiles files = log(true);
    byte[] bytes = files.bytes(TestLog.segment(2)).clone();
    bytes[10] ^= 1;
    files.put(TestLog.segment(2), bytes);
    var refused =
        assertThrows(
            CorruptSnapshotException.class, () -> TestLog.read(files, new Position(1, 0, 1)));
    assertEquals(TestLog.segment(2).toString(), refused.file());
    assertEquals(0, refused.offset());
  }

  @Test
  void read_cutAtAnyLength_givesTheSameChangesOrARefusal() throws IOException {
    MemoryFiles sound = log(false);
    List<String> expected = TestLog.read(sound, new Position(1, 0, 1));
    byte[] bytes = sound.bytes(TestLog.segment(1));
    var verdicts = new Verdicts();
    IntStream.range(0, bytes.length)
        .parallel()
        .forEach(length -> verdicts.judge(length, Arrays.copyOf(bytes, length), expected, sound));
    System.out.printf(
        "cuts of a log: %,d lengths, %,d refused, %,d harmless%n",
        bytes.length, verdicts.detected.get(), verdicts.harmless.get());
    assertEquals(Map.of(), new TreeMap<>(verdicts.bad));
    assertEquals(bytes.length, verdicts.detected.get());
  }

  /** Cuts at the size rule's own steps, wherever a frame ends there: the hardest ones to see. */
  @Test
  void read_cutAtAStep_isRefusedWhereverFramesEnd() throws IOException {
    var verdicts = new Verdicts();
    int cuts = 0;
    for (int entries = 1; entries < 200; entries++) {
      var sound = new MemoryFiles();
      try (TestLog log = TestLog.open(sound)) {
        for (int i = 0; i < 4; i++) {
          log.log.append(upsert("x", entries, 128));
          log.log.append(deletion("x".repeat(1 + entries), 1));
        }
      }
      List<String> expected = TestLog.read(sound, new Position(1, 0, 1));
      byte[] bytes = sound.bytes(TestLog.segment(1));
      for (int at = OpenSegment.STEP_BYTES; at < bytes.length; at += OpenSegment.STEP_BYTES) {
        verdicts.judge(entries, Arrays.copyOf(bytes, at), expected, sound);
        cuts++;
      }
    }
    System.out.printf(
        "cuts at steps: %,d, %,d refused, %,d harmless%n",
        cuts, verdicts.detected.get(), verdicts.harmless.get());
    assertEquals(Map.of(), new TreeMap<>(verdicts.bad));
    assertTrue(verdicts.detected.get() > 100);
  }
}
