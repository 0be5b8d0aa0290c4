package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.SampleSnapshots;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Every bit and every length of a whole snapshot, as a reader sees it. */
class DamagedSnapshotTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final Path FILE = DIRECTORY.resolve("snapshot.mrx");
  private static final int BYTES = 64 << 10;

  /** Flips in a large snapshot; the deep profile makes more. */
  private static final int SAMPLES = Integer.getInteger("memryx.damage.samples", 100);

  @Test
  void read_everyBitOfALargeSnapshotFlipped_isRefusedOrHarmless() throws IOException {
    byte[] bytes = encode(snapshot(1_600));
    assertTrue(bytes.length >= BYTES, bytes.length + " bytes");
    String expected = contents(bytes, bytes.length, -1);
    long refused =
        IntStream.range(0, 8 * bytes.length)
            .parallel()
            .filter(bit -> refusedOrEqual(bytes, bytes.length, bit, expected))
            .count();
    System.out.printf(
        "damage: %,d bits of a snapshot of %,d bytes flipped, %,d refused, the others harmless%n",
        8 * bytes.length, bytes.length, refused);
    // The rest turns an explicit zero into a field that nobody knows: the same contents.
    assertTrue(refused > 8 * bytes.length * 0.999, refused + " refused");
  }

  @Test
  void read_everyLengthOfALargeSnapshot_isRefused() throws IOException {
    byte[] bytes = encode(snapshot(1_600));
    String expected = contents(bytes, bytes.length, -1);
    long refused =
        IntStream.range(0, bytes.length)
            .parallel()
            .filter(length -> refusedOrEqual(bytes, length, -1, expected))
            .count();
    System.out.printf("damage: %,d lengths of a snapshot, all refused%n", refused);
    assertEquals(bytes.length, refused);
  }

  @Test
  void read_bitsOfAFileOf32MiBFlipped_areRefusedOrHarmless() throws IOException {
    long seed = System.nanoTime();
    byte[] bytes = encode(snapshot(880_000));
    assertTrue(bytes.length >= 32 << 20, bytes.length + " bytes");
    int[] bits = new SplittableRandom(seed).ints(SAMPLES, 0, 8 * bytes.length).toArray();
    String expected = contents(bytes, bytes.length, -1);
    long refused =
        IntStream.of(bits)
            .parallel()
            .filter(bit -> refusedOrEqual(bytes, bytes.length, bit, expected))
            .count();
    System.out.printf(
        "damage: %,d bits of a snapshot of %,d bytes flipped (seed %d), %,d refused%n",
        SAMPLES, bytes.length, seed, refused);
    assertEquals(SAMPLES, refused);
  }

  /** Of every section there is, the largest raw. */
  private static Snapshot snapshot(int entries) {
    var options = new CollectionOptions(4, Metric.L2, Compression.LOSSLESS);
    return SampleSnapshots.snapshot(options, entries, 16, 1);
  }

  private static boolean refusedOrEqual(byte[] bytes, int length, int flipped, String expected) {
    try {
      assertEquals(expected, contents(bytes, length, flipped), "bit " + flipped);
      return false;
    } catch (CorruptSnapshotException e) {
      assertEquals(FILE.toString(), e.file());
      assertTrue(e.offset() >= 0 && e.offset() <= length, e.toString());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String contents(byte[] bytes, int length, int flipped) throws IOException {
    try (var reader = new SnapshotReader(FILE.toString(), new Damaged(bytes, length, flipped))) {
      reader.verify();
      Snapshot read = reader.read(SampleSnapshots.Assembler::new).snapshot();
      return read.meta() + digest(read);
    }
  }

  private static String digest(Snapshot snapshot) {
    var digest = new StringBuilder();
    for (Section section : snapshot.sections()) {
      var sum = new CRC32C();
      section.parts().forEach(part -> sum.update(part.toArray(ValueLayout.JAVA_BYTE)));
      digest.append(' ').append(section.type()).append(':').append(sum.getValue());
    }
    return digest.toString();
  }

  /** The first bytes of a file, one bit of them flipped if its number is not negative. */
  private static final class Damaged implements StoreFiles.Source {
    private final byte[] bytes;
    private final int length;
    private final int flipped;

    Damaged(byte[] bytes, int length, int flipped) {
      this.bytes = bytes;
      this.length = length;
      this.flipped = flipped;
    }

    @Override
    public long size() {
      return length;
    }

    @Override
    public int read(ByteBuffer target, long position) {
      if (position >= length) {
        return -1;
      }
      int count = Math.min(target.remaining(), length - (int) position);
      int start = target.position();
      target.put(bytes, (int) position, count);
      long at = flipped / 8 - position;
      if (flipped >= 0 && at >= 0 && at < count) {
        int place = start + (int) at;
        target.put(place, (byte) (target.get(place) ^ 1 << flipped % 8));
      }
      return count;
    }

    @Override
    public MemorySegment map(long position, long size) {
      byte[] mapped = new byte[(int) size];
      read(ByteBuffer.wrap(mapped), position);
      return MemorySegment.ofArray(mapped).asReadOnly();
    }

    @Override
    public void close() {}
  }

  private static byte[] encode(Snapshot snapshot) throws IOException {
    var files = new MemoryFiles();
    files.createDirectories(DIRECTORY);
    try (StoreFiles.Sink sink = files.create(FILE)) {
      var header = new SnapshotHeader(SnapshotHeader.MAJOR, new UUID(1, 2), new UUID(3, 4), 0);
      SnapshotWriter.write(sink, header, "docs", snapshot);
    }
    return files.bytes(FILE);
  }
}
