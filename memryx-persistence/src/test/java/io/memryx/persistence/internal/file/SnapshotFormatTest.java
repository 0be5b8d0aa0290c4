package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SampleSnapshots;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.proto.Chunk;
import io.memryx.persistence.internal.proto.Meta;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SectionType.ElementType;
import io.memryx.snapshot.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SnapshotFormatTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final Path FILE = DIRECTORY.resolve("snapshot.mrx");
  private static final SnapshotHeader HEADER =
      new SnapshotHeader(new UUID(1, 2), new UUID(3, 4), 0);

  @Test
  void read_everyBitFlipped_isRefusedOrHarmless() throws IOException {
    Snapshot snapshot = SampleSnapshots.snapshot(9, 1);
    byte[] bytes = encode(HEADER, snapshot);
    String expected = SampleSnapshots.contents(snapshot);
    int refused = 0;
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      refused += refusedOrEqual(flipped, expected, "bit " + bit) ? 1 : 0;
    }
    System.out.printf("bits flipped: %d, refused: %d%n", 8 * bytes.length, refused);
    // The rest turns an explicit zero into a field that nobody knows: the same data.
    assertTrue(refused > 8 * bytes.length * 0.99, refused + " refused");
  }

  @Test
  void read_everyByteZeroedOrSet_isRefusedOrHarmless() throws IOException {
    Snapshot snapshot = SampleSnapshots.snapshot(9, 2);
    byte[] bytes = encode(HEADER, snapshot);
    String expected = SampleSnapshots.contents(snapshot);
    for (int i = 0; i < bytes.length; i++) {
      for (byte value : new byte[] {0, -1}) {
        byte[] damaged = bytes.clone();
        damaged[i] = value;
        refusedOrEqual(damaged, expected, "byte " + i);
      }
    }
  }

  @Test
  void read_randomDamage_isRefusedOrHarmless() throws IOException {
    long seed = System.nanoTime();
    System.out.println("read_randomDamage_isRefusedOrHarmless: seed " + seed);
    var random = new SplittableRandom(seed);
    Snapshot snapshot = SampleSnapshots.snapshot(6, 3);
    byte[] bytes = encode(HEADER, snapshot);
    String expected = SampleSnapshots.contents(snapshot);
    for (int round = 0; round < 3_000; round++) {
      byte[] damaged = bytes.clone();
      int from = random.nextInt(bytes.length);
      byte[] noise = new byte[random.nextInt(1, 40)];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, damaged, from, Math.min(noise.length, bytes.length - from));
      refusedOrEqual(damaged, expected, "seed " + seed + ", round " + round);
    }
  }

  @Test
  void read_everyTruncation_isRefused() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(9, 1));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      var damage = assertThrows(CorruptSnapshotException.class, () -> read(cut), "at " + length);
      assertEquals(FILE.toString(), damage.file());
      assertTrue(damage.offset() <= length, damage.toString());
    }
  }

  @Test
  void read_appendedBytes_areRefused() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(9, 1));
    for (int extra : new int[] {1, 63, 64, 65, 4_096}) {
      byte[] longer = Arrays.copyOf(bytes, bytes.length + extra);
      assertThrows(CorruptSnapshotException.class, () -> read(longer));
      System.arraycopy(bytes, bytes.length - 64, longer, longer.length - 64, 64);
      assertThrows(CorruptSnapshotException.class, () -> read(longer));
    }
  }

  @Test
  void read_chunksOfEqualSizeSwapped_areRefused() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(9, 1));
    List<int[]> chunks = chunks(bytes);
    int swaps = 0;
    for (int[] one : chunks) {
      for (int[] other : chunks) {
        if (one[0] < other[0] && one[1] == other[1]) {
          byte[] swapped = bytes.clone();
          System.arraycopy(bytes, one[0], swapped, other[0], one[1]);
          System.arraycopy(bytes, other[0], swapped, one[0], one[1]);
          assertThrows(CorruptSnapshotException.class, () -> read(swapped));
          swaps++;
        }
      }
    }
    assertTrue(swaps > 0, "no two chunks have one size");
  }

  @Test
  void read_chunkOfAnotherSnapshot_isRefused() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(9, 1));
    var older = new SnapshotHeader(HEADER.chain(), new UUID(3, 5), 0);
    byte[] stale = encode(older, SampleSnapshots.snapshot(9, 2));
    for (int[] chunk : chunks(bytes)) {
      byte[] mixed = bytes.clone();
      System.arraycopy(stale, chunk[0], mixed, chunk[0], chunk[1]);
      assertThrows(CorruptSnapshotException.class, () -> read(mixed));
    }
  }

  @Test
  void read_unknownMajorVersion_isUnsupported() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(9, 1));
    bytes[8] = 2;
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(60, SnapshotHeader.crc32c(header.slice(0, 60)));
    var refusal = assertThrows(UnsupportedFormatException.class, () -> read(bytes));
    assertTrue(refusal.toString().contains("version 2"), refusal.toString());
  }

  @Test
  void read_unknownMinorVersion_isRead() throws IOException {
    Snapshot snapshot = SampleSnapshots.snapshot(9, 1);
    byte[] bytes = encode(HEADER, snapshot);
    bytes[10] = 7;
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(60, SnapshotHeader.crc32c(header.slice(0, 60)));
    assertEquals(SampleSnapshots.contents(snapshot), read(bytes));
  }

  @Test
  void read_severalChunksASection_giveWhatWasWritten() throws IOException {
    float[] originals = new float[2 * 1_048_576 + 3 * 7];
    var random = new SplittableRandom(7);
    for (int i = 0; i < originals.length; i++) {
      originals[i] = Float.intBitsToFloat(random.nextInt());
    }
    Snapshot large = withOriginals(SampleSnapshots.snapshot(9, 1), originals);
    byte[] bytes = encode(HEADER, large);
    MemorySegment read = originals(open(bytes));
    assertEquals(-1, MemorySegment.ofArray(originals).mismatch(read));
    long chunks = chunks(bytes).stream().filter(chunk -> chunk[1] > 4 << 20).count();
    assertEquals(2, chunks, "full chunks");
  }

  private static Snapshot withOriginals(Snapshot snapshot, float[] originals) {
    List<Section> sections =
        snapshot.sections().stream()
            .map(
                section ->
                    section.type() == SectionType.ORIGINALS
                        ? new Section(section.type(), List.of(MemorySegment.ofArray(originals)))
                        : section)
            .toList();
    return new Snapshot(snapshot.meta(), sections);
  }

  private static MemorySegment originals(SnapshotReader reader) throws IOException {
    try (reader) {
      Snapshot read = reader.read(SampleSnapshots.Assembler::new).snapshot();
      Section section =
          read.sections().stream()
              .filter(each -> each.type() == SectionType.ORIGINALS)
              .findFirst()
              .orElseThrow();
      var bytes = new ByteArrayOutputStream();
      for (MemorySegment part : section.parts()) {
        bytes.writeBytes(part.toArray(ValueLayout.JAVA_BYTE));
      }
      return MemorySegment.ofArray(bytes.toByteArray());
    }
  }

  @Test
  void write_aReaderOfProtobufAlone_canReadTheChunks() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(9, 1));
    var in = new ByteArrayInputStream(bytes);
    assertEquals(64, in.skip(64));
    Chunk first = Chunk.parseDelimitedFrom(in);
    Meta meta = Meta.parseFrom(first.getData());
    assertEquals(64, first.getSectionType());
    assertEquals("docs", meta.getCollectionKey());
    assertEquals(9, meta.getEntries());
    Chunk second = Chunk.parseDelimitedFrom(in);
    assertEquals(SectionType.CENTROIDS.id(), second.getSectionType());
    assertEquals(2 * 3 * Float.BYTES, second.getData().size());
  }

  @Test
  void read_missingSections_areRefused() throws IOException {
    Snapshot snapshot = SampleSnapshots.snapshot(9, 1);
    var fewSections = new Snapshot(snapshot.meta(), snapshot.sections().subList(0, 4));
    byte[] bytes = encode(HEADER, fewSections);
    var damage = assertThrows(CorruptSnapshotException.class, () -> read(bytes));
    assertTrue(damage.toString().contains("sections are missing"), damage.toString());
  }

  @Test
  void read_emptySnapshot_givesNoEntries() throws IOException {
    Snapshot snapshot = SampleSnapshots.snapshot(0, 1);
    assertEquals(SampleSnapshots.contents(snapshot), read(encode(HEADER, snapshot)));
  }

  @Test
  void parts_ofABigEndianMachine_areStoredLittleEndian() {
    int[] values = {0x01020304, 0x05060708, 0x090a0b0c};
    MemorySegment bigEndian = MemorySegment.ofArray(new byte[12]);
    for (int i = 0; i < values.length; i++) {
      bigEndian.setAtIndex(
          ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), i, values[i]);
    }
    List<MemorySegment> parts = List.of(bigEndian.asSlice(0, 4), bigEndian.asSlice(4, 8));
    MemorySegment stored = MemorySegment.ofArray(new byte[12]);
    new SectionParts(parts, ElementType.INT32, ByteOrder.BIG_ENDIAN).get(stored, 0, 12);
    byte[] expected = {4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9};
    assertArrayEquals(expected, stored.toArray(ValueLayout.JAVA_BYTE));
    MemorySegment back = MemorySegment.ofArray(new byte[12]);
    new SectionParts(List.of(back), ElementType.INT32, ByteOrder.BIG_ENDIAN).put(stored, 0, 12);
    assertEquals(-1, back.mismatch(bigEndian));
  }

  @Test
  void manifest_everyBitFlippedAndEveryTruncation_isRefused() throws IOException {
    byte[] bytes = manifest().encode().array();
    assertEquals(manifest(), readManifest(bytes));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(PersistenceException.class, () -> readManifest(flipped), "bit " + bit);
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(CorruptSnapshotException.class, () -> readManifest(cut), "at " + length);
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(CorruptSnapshotException.class, () -> readManifest(longer));
  }

  @Test
  void manifest_underAnotherNumber_isRefused() throws IOException {
    byte[] bytes =
        new Manifest(
                8,
                7,
                1,
                new UUID(5, 6),
                new UUID(1, 2),
                "docs",
                StoreNames.snapshot(new UUID(3, 4)),
                new UUID(3, 4),
                100,
                Sha256.of(new byte[0]),
                9)
            .encode()
            .array();
    assertThrows(CorruptSnapshotException.class, () -> readManifest(bytes));
  }

  @Test
  void manifest_ofTheLongestKey_fitsItsLimit() {
    var manifest =
        new Manifest(
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            new UUID(5, 6),
            new UUID(1, 2),
            "\u20ac".repeat(256),
            StoreNames.snapshot(new UUID(3, 4)),
            new UUID(3, 4),
            Long.MAX_VALUE,
            Sha256.of(new byte[0]),
            Integer.MAX_VALUE);
    assertTrue(manifest.encode().capacity() <= Manifest.MAX_BYTES);
  }

  private static Manifest manifest() {
    return new Manifest(
        7,
        6,
        2,
        new UUID(5, 6),
        new UUID(1, 2),
        "acme/docs",
        StoreNames.snapshot(new UUID(3, 4)),
        new UUID(3, 4),
        1_234,
        Sha256.of(new byte[] {1}),
        9);
  }

  private static Manifest readManifest(byte[] bytes) throws IOException {
    var files = new MemoryFiles();
    files.createDirectories(DIRECTORY);
    files.put(FILE, bytes);
    try (StoreFiles.Source source = files.open(FILE)) {
      return Manifest.read(FILE.toString(), source, 7);
    }
  }

  /** Start and length of every chunk with its framing. */
  private static List<int[]> chunks(byte[] bytes) throws IOException {
    var chunks = new ArrayList<int[]>();
    int tableOffset =
        (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(bytes.length - 32);
    int position = 64;
    while (position < tableOffset) {
      CodedInputStream in = CodedInputStream.newInstance(bytes, position, tableOffset - position);
      int length = in.readRawVarint32();
      length += in.getTotalBytesRead();
      chunks.add(new int[] {position, length});
      position += length;
    }
    return chunks;
  }

  /** Whether it was refused; fails if what was read is not what was written. */
  private static boolean refusedOrEqual(byte[] bytes, String expected, String where)
      throws IOException {
    String found;
    try {
      found = read(bytes);
    } catch (CorruptSnapshotException e) {
      assertEquals(FILE.toString(), e.file());
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, where + ": " + e);
      return true;
    }
    assertEquals(expected, found, where);
    return false;
  }

  private static String read(byte[] bytes) throws IOException {
    try (SnapshotReader reader = open(bytes)) {
      assertEquals("docs", reader.key());
      reader.verify();
      return SampleSnapshots.contents(reader.read(SampleSnapshots.Assembler::new).snapshot());
    }
  }

  private static SnapshotReader open(byte[] bytes) throws IOException {
    var files = new MemoryFiles();
    files.createDirectories(DIRECTORY);
    files.put(FILE, bytes);
    return new SnapshotReader(FILE.toString(), files.open(FILE));
  }

  private static byte[] encode(SnapshotHeader header, Snapshot snapshot) throws IOException {
    var files = new MemoryFiles();
    files.createDirectories(DIRECTORY);
    try (StoreFiles.Sink sink = files.create(FILE)) {
      SnapshotWriter.Written written = SnapshotWriter.write(sink, header, "docs", snapshot);
      byte[] bytes = files.bytes(FILE);
      assertEquals(bytes.length, written.bytes());
      assertTrue(bytes.length <= SnapshotWriter.estimateBytes(snapshot));
      return bytes;
    }
  }
}
