package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SampleSnapshots;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.Manifest.Image;
import io.memryx.persistence.internal.file.Manifest.LogSpan;
import io.memryx.persistence.internal.proto.Chunk;
import io.memryx.persistence.internal.proto.Meta;
import io.memryx.persistence.internal.proto.SectionEntry;
import io.memryx.persistence.internal.proto.SectionTable;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SectionType.ElementType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.StoredVectors;
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
      new SnapshotHeader(SnapshotHeader.MAJOR, new UUID(1, 2), new UUID(3, 4), 0);

  private static final SnapshotHeader ANOTHER =
      new SnapshotHeader(SnapshotHeader.MAJOR, new UUID(1, 2), new UUID(3, 5), 0);

  @Test
  void read_everyBitFlipped_isRefusedOrHarmless() throws IOException {
    for (Snapshot snapshot : SampleSnapshots.ofEveryKind(9, 1)) {
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
  }

  @Test
  void read_everyByteZeroedOrSet_isRefusedOrHarmless() throws IOException {
    for (Snapshot snapshot : SampleSnapshots.ofEveryKind(9, 2)) {
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
  }

  @Test
  void read_randomDamage_isRefusedOrHarmless() throws IOException {
    long seed = System.nanoTime();
    System.out.println("read_randomDamage_isRefusedOrHarmless: seed " + seed);
    var random = new SplittableRandom(seed);
    for (Snapshot snapshot : SampleSnapshots.ofEveryKind(6, 3)) {
      byte[] bytes = encode(HEADER, snapshot);
      String expected = SampleSnapshots.contents(snapshot);
      for (int round = 0; round < 2_000; round++) {
        byte[] damaged = bytes.clone();
        int from = random.nextInt(bytes.length);
        byte[] noise = new byte[random.nextInt(1, 40)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, damaged, from, Math.min(noise.length, bytes.length - from));
        refusedOrEqual(damaged, expected, "seed " + seed + ", round " + round);
      }
    }
  }

  @Test
  void read_everyTruncation_isRefused() throws IOException {
    for (Snapshot snapshot : SampleSnapshots.ofEveryKind(9, 1)) {
      byte[] bytes = encode(HEADER, snapshot);
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        var damage = assertThrows(CorruptSnapshotException.class, () -> read(cut), "at " + length);
        assertEquals(FILE.toString(), damage.file());
        assertTrue(damage.offset() <= length, damage.toString());
      }
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
    byte[] stale = encode(ANOTHER, SampleSnapshots.snapshot(9, 2));
    for (int[] chunk : chunks(bytes)) {
      byte[] mixed = bytes.clone();
      System.arraycopy(stale, chunk[0], mixed, chunk[0], chunk[1]);
      assertThrows(CorruptSnapshotException.class, () -> read(mixed));
    }
  }

  @Test
  void read_unknownMajorVersion_isUnsupported() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(9, 1));
    bytes[8] = 3;
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(60, SnapshotHeader.crc32c(header.slice(0, 60)));
    var refusal = assertThrows(UnsupportedFormatException.class, () -> read(bytes));
    assertTrue(
        refusal.toString().contains("version 3, this Memryx reads 1 to 2"), refusal.toString());
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
    byte[] codes = new byte[2 * (4 << 20) + 3 * 7];
    new SplittableRandom(7).nextBytes(codes);
    Snapshot large = withRowCodes(SampleSnapshots.snapshot(9, 1), codes);
    byte[] bytes = encode(HEADER, large);
    try (SnapshotReader reader = open(bytes)) {
      Snapshot read = reader.read(SampleSnapshots.Assembler::new).snapshot();
      MemorySegment found = SampleSnapshots.bytes(read, SectionType.ROW_CODES);
      assertEquals(-1, MemorySegment.ofArray(codes).mismatch(found));
    }
    long chunks = chunks(bytes).stream().filter(chunk -> chunk[1] > 4 << 20).count();
    assertEquals(2, chunks, "full chunks");
  }

  private static Snapshot withRowCodes(Snapshot snapshot, byte[] codes) {
    List<Section> sections =
        snapshot.sections().stream()
            .map(
                section ->
                    section.type() == SectionType.ROW_CODES
                        ? new Section(section.type(), List.of(MemorySegment.ofArray(codes)))
                        : section)
            .toList();
    return new Snapshot(snapshot.meta(), sections);
  }

  @Test
  void write_aReaderOfProtobufAlone_canReadTheChunks() throws IOException {
    byte[] bytes = encode(HEADER, SampleSnapshots.snapshot(Compression.LOSSLESS, 9, 1));
    var in = new ByteArrayInputStream(bytes);
    assertEquals(64, in.skip(64));
    Chunk first = Chunk.parseDelimitedFrom(in);
    Meta meta = Meta.parseFrom(first.getData());
    assertEquals(64, first.getSectionType());
    assertEquals("docs", meta.getCollectionKey());
    assertEquals(9, meta.getEntries());
    Chunk second = Chunk.parseDelimitedFrom(in);
    assertEquals(SectionType.ID_SIZES.id(), second.getSectionType());
    assertEquals(9, second.getData().size());
  }

  @Test
  void read_groupsOfRows_areRefusedOneByOne() throws IOException {
    Snapshot snapshot = large(40);
    byte[] bytes = encode(HEADER, snapshot);
    SectionEntry raw = table(bytes).getSectionsList().getLast();
    assertEquals(SectionType.ORIGINALS.id(), raw.getType());
    assertEquals(16_000, raw.getGroupBytes());
    int start = (int) (raw.getOffset() + 4_095) / 4_096 * 4_096;
    for (int group = 0; group < 10; group++) {
      byte[] damaged = bytes.clone();
      damaged[start + group * 16_000 + 15_999] ^= 1;
      StoredVectors vectors = vectors(damaged);
      for (int row = 0; row < 40; row++) {
        int asked = row;
        if (row / 4 == group) {
          var damage = assertThrows(CorruptSnapshotException.class, () -> vectors.rows(asked, 1));
          assertEquals(FILE.toString(), damage.file());
          assertEquals(start + group * 16_000, damage.offset());
          assertThrows(CorruptSnapshotException.class, () -> vectors.rows(asked, 1), "again");
        } else {
          MemorySegment expected = SampleSnapshots.bytes(snapshot, SectionType.ORIGINALS);
          assertEquals(-1, expected.asSlice(row * 4_000L, 4_000).mismatch(vectors.rows(row, 1)));
        }
      }
      assertThrows(CorruptSnapshotException.class, () -> vectors.rows(0, 40));
      assertThrows(CorruptSnapshotException.class, () -> read(damaged));
    }
  }

  @Test
  void read_groupsSwappedOrOfAnotherSnapshot_areRefused() throws IOException {
    byte[] bytes = encode(HEADER, large(40));
    byte[] stale = encode(ANOTHER, large(40));
    SectionEntry raw = table(bytes).getSectionsList().getLast();
    int start = (int) (raw.getOffset() + 4_095) / 4_096 * 4_096;
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, start, swapped, start + 16_000, 16_000);
    System.arraycopy(bytes, start + 16_000, swapped, start, 16_000);
    assertThrows(CorruptSnapshotException.class, () -> vectors(swapped).rows(0, 1));
    assertThrows(CorruptSnapshotException.class, () -> vectors(swapped).rows(4, 1));
    // The same rows with the same checksums, but for the identity in these.
    int sums = start + (int) raw.getByteLength();
    byte[] mixed = bytes.clone();
    System.arraycopy(stale, sums, mixed, sums, 10 * Integer.BYTES);
    assertThrows(CorruptSnapshotException.class, () -> vectors(mixed));
    assertThrows(CorruptSnapshotException.class, () -> read(mixed));
  }

  @Test
  void read_rawSectionThatNoSnapshotHas_isRefused() throws IOException {
    byte[] bytes = encode(HEADER, large(9));
    SectionTable table = table(bytes);
    int last = table.getSectionsCount() - 1;
    SectionEntry raw = table.getSections(last);
    for (SectionEntry claimed :
        List.of(
            raw.toBuilder().setGroupBytes(4_000).build(),
            raw.toBuilder().setGroupBytes(16_001).build(),
            raw.toBuilder().setGroupBytes(1 << 30).build(),
            raw.toBuilder().setGroupBytes(-1).build(),
            raw.toBuilder().setGroupBytes(8_000).build(),
            raw.toBuilder().setChunkCount(1).build(),
            raw.toBuilder().setByteLength(raw.getByteLength() - 4_000).build(),
            raw.toBuilder().setType(99).setRequired(false).build(),
            raw.toBuilder().setGroupBytes(0).build(),
            raw.toBuilder().setGroupSumsCrc32C(raw.getGroupSumsCrc32C() + 1).build())) {
      byte[] changed = withTable(bytes, table.toBuilder().setSections(last, claimed).build());
      assertThrows(CorruptSnapshotException.class, () -> read(changed), claimed.toString());
      assertThrows(
          CorruptSnapshotException.class, () -> read(changed, Check.TOUCHED), claimed.toString());
    }
    assertEquals(SampleSnapshots.contents(large(9)), read(withTable(bytes, table)));
  }

  /** The file with another section table, whose digest fits. */
  private static byte[] withTable(byte[] bytes, SectionTable table) {
    int offset =
        (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(bytes.length - 32);
    byte[] tableBytes = table.toByteArray();
    var trailer =
        new SnapshotTrailer(
            Sha256.of(tableBytes),
            offset,
            tableBytes.length,
            offset + tableBytes.length + SnapshotTrailer.BYTES);
    var changed = new ByteArrayOutputStream();
    changed.write(bytes, 0, offset);
    changed.writeBytes(tableBytes);
    changed.writeBytes(trailer.encode(HEADER.snapshot()).array());
    return changed.toByteArray();
  }

  /** Rows of 4,000 bytes, of which four share a checksum. */
  private static Snapshot large(int entries) {
    var options = new CollectionOptions(1_000, Metric.DOT, Compression.LOSSLESS);
    Snapshot large = SampleSnapshots.snapshot(options, entries, 2, 5);
    // Transforms of this dimension would take a thousand times what is looked at here.
    List<Section> sections =
        large.sections().stream()
            .map(
                section ->
                    section.type() == SectionType.TRANSFORMS
                        ? new Section(section.type(), List.of())
                        : section)
            .toList();
    return new Snapshot(large.meta(), sections);
  }

  private static StoredVectors vectors(byte[] bytes) throws IOException {
    try (SnapshotReader reader = open(bytes)) {
      return reader.originals(FILE.toString()).orElseThrow();
    }
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
    for (Snapshot snapshot : SampleSnapshots.ofEveryKind(0, 1)) {
      assertEquals(SampleSnapshots.contents(snapshot), read(encode(HEADER, snapshot)));
    }
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
    for (Manifest manifest : manifests()) {
      byte[] bytes = manifest.encode().array();
      assertEquals(manifest, readManifest(bytes));
      assertDamageIsRefused(bytes);
    }
  }

  private static void assertDamageIsRefused(byte[] bytes) {
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
    byte[] bytes = manifest(8, "docs", image(), new LogSpan(3, 5)).encode().array();
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
            new Image(
                StoreNames.snapshot(new UUID(3, 4)),
                new UUID(3, 4),
                Long.MAX_VALUE,
                Sha256.of(new byte[0]),
                Integer.MAX_VALUE,
                Long.MAX_VALUE),
            new LogSpan(Long.MAX_VALUE, Long.MAX_VALUE));
    assertTrue(manifest.encode().capacity() <= Manifest.MAX_BYTES);
  }

  /** One of each version. */
  private static List<Manifest> manifests() {
    Image unlogged =
        new Image(image().file(), image().uuid(), 1_234, Sha256.of(new byte[] {1}), 9, 0);
    List<Manifest> manifests =
        List.of(
            manifest(7, "acme/docs", unlogged, LogSpan.NONE),
            manifest(7, "acme/docs", Image.NONE, LogSpan.NONE),
            manifest(7, "acme/docs", image(), new LogSpan(3, 5)),
            manifest(7, "acme/docs", Image.NONE, new LogSpan(6, 5)));
    List<Integer> versions = List.of(1, 2, 3, 3);
    for (int i = 0; i < versions.size(); i++) {
      assertEquals((int) versions.get(i), manifests.get(i).encode().get(8));
    }
    return manifests;
  }

  private static Manifest manifest(long number, String key, Image image, LogSpan log) {
    return new Manifest(number, number - 1, 2, new UUID(5, 6), new UUID(1, 2), key, image, log);
  }

  private static Image image() {
    return new Image(
        StoreNames.snapshot(new UUID(3, 4)),
        new UUID(3, 4),
        1_234,
        Sha256.of(new byte[] {1}),
        9,
        17);
  }

  private static Manifest readManifest(byte[] bytes) throws IOException {
    var files = new MemoryFiles();
    files.createDirectories(DIRECTORY);
    files.put(FILE, bytes);
    try (StoreFiles.Source source = files.open(FILE)) {
      return Manifest.read(FILE.toString(), source, 7);
    }
  }

  private static SectionTable table(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int offset = (int) file.getLong(bytes.length - 32);
    return SectionTable.parseFrom(file.slice(offset, file.getInt(bytes.length - 16)));
  }

  /** Start and length of every chunk with its framing. */
  private static List<int[]> chunks(byte[] bytes) throws IOException {
    var chunks = new ArrayList<int[]>();
    for (SectionEntry section : table(bytes).getSectionsList()) {
      int position = (int) section.getOffset();
      int end = position + (int) section.getStoredLength();
      while (section.getGroupBytes() == 0 && position < end) {
        CodedInputStream in = CodedInputStream.newInstance(bytes, position, end - position);
        int length = in.readRawVarint32();
        length += in.getTotalBytesRead();
        chunks.add(new int[] {position, length});
        position += length;
      }
    }
    return chunks;
  }

  /**
   * Whether a check of all bytes refuses them; fails if what was read is not what was written, be
   * it checked as a whole before or only as far as it is touched.
   */
  private static boolean refusedOrEqual(byte[] bytes, String expected, String where)
      throws IOException {
    boolean refusedTouched = refusedOrEqual(bytes, expected, where, Check.TOUCHED);
    boolean refused = refusedOrEqual(bytes, expected, where, Check.ALL);
    assertTrue(refused || !refusedTouched, where);
    return refused;
  }

  private enum Check {
    ALL,
    TOUCHED
  }

  private static boolean refusedOrEqual(byte[] bytes, String expected, String where, Check check)
      throws IOException {
    String found;
    try {
      found = read(bytes, check);
    } catch (CorruptSnapshotException e) {
      assertEquals(FILE.toString(), e.file());
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, where + ": " + e);
      return true;
    }
    assertEquals(expected, found, where);
    return false;
  }

  private static String read(byte[] bytes) throws IOException {
    return read(bytes, Check.ALL);
  }

  private static String read(byte[] bytes, Check check) throws IOException {
    try (SnapshotReader reader = open(bytes)) {
      assertEquals("docs", reader.key());
      if (check == Check.ALL) {
        reader.verify();
      }
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
