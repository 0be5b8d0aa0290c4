package io.memryx.internal.collection;

import io.memryx.Limits;
import io.memryx.Metadata;
import io.memryx.VectorCollection;
import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.quantization.CodeRows;
import io.memryx.internal.quantization.ScalarQuantizer;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a generation together from the sections of a snapshot, the way back of {@link
 * GenerationImage}. Whatever the sections hold, a generation comes out whose arrays are within
 * bounds and whose entries can be searched and shown, or a {@link MalformedSnapshotException}.
 */
public final class GenerationAssembler implements SnapshotAssembler {
  private final String name;
  private final SnapshotMeta meta;
  private final GenerationCommit commit;
  private final VectorRowsBuilder originals;
  private final Set<SectionType> allocated = EnumSet.noneOf(SectionType.class);
  private float[] centroids = new float[0];
  private int[] listStarts = new int[0];
  private int[] listOrdinals = new int[0];
  private float[] quantizer = new float[0];
  private CodeRows codes = CodeRows.allocate(0, 1);
  private int[] idLengths = new int[0];
  private PackedBytes ids = PackedBytes.empty();
  private int[] metadataLengths = new int[0];
  private PackedBytes metadata = PackedBytes.empty();

  /** For a collection of this name, durable through {@code commit}. */
  public GenerationAssembler(String name, SnapshotMeta meta, GenerationCommit commit) {
    this.name = name;
    this.meta = meta;
    this.commit = commit;
    this.originals =
        new VectorRowsBuilder(meta.options().metric(), meta.options().dimension(), meta.entries());
    if (meta.entries() > 0 && !meta.quantizer().equals(ScalarQuantizer.NAME)) {
      throw new MalformedSnapshotException(
          "the snapshot's codes are of kind '%s', this release reads '%s': use the release that wrote it"
              .formatted(meta.quantizer(), ScalarQuantizer.NAME));
    }
  }

  @Override
  public List<MemorySegment> allocate(SectionType type, long byteLength) {
    if (!allocated.add(type)) {
      throw new MalformedSnapshotException("section " + type + " is there twice, expected once");
    }
    requireLength(type, byteLength);
    int entries = meta.entries();
    int dimension = meta.options().dimension();
    return switch (type) {
      case CENTROIDS -> {
        centroids = new float[meta.lists() * dimension];
        yield part(centroids);
      }
      case LIST_STARTS -> {
        listStarts = new int[(int) (byteLength / Integer.BYTES)];
        yield part(listStarts);
      }
      case LIST_ORDINALS -> {
        listOrdinals = new int[entries];
        yield part(listOrdinals);
      }
      case QUANTIZER -> {
        quantizer = new float[(int) (byteLength / Float.BYTES)];
        yield part(quantizer);
      }
      case CODES -> {
        codes = CodeRows.allocate(entries, dimension);
        yield parts(codes.chunks());
      }
      case ORIGINALS -> originalParts(byteLength);
      case ID_LENGTHS -> {
        idLengths = new int[entries];
        yield part(idLengths);
      }
      case ID_BYTES -> {
        requireLengths(SectionType.ID_LENGTHS, idLengths, 1, Limits.MAX_ID_BYTES, byteLength);
        ids = PackedBytes.allocate(idLengths);
        yield parts(ids.bytesByChunk());
      }
      case METADATA_LENGTHS -> {
        metadataLengths = new int[entries];
        yield part(metadataLengths);
      }
      case METADATA_BYTES -> {
        requireLengths(
            SectionType.METADATA_LENGTHS,
            metadataLengths,
            0,
            Limits.MAX_METADATA_BYTES,
            byteLength);
        metadata = PackedBytes.allocate(metadataLengths);
        yield parts(metadata.bytesByChunk());
      }
    };
  }

  private void requireLength(SectionType type, long byteLength) {
    long entries = meta.entries();
    long dimension = meta.options().dimension();
    boolean empty = entries == 0;
    long expected =
        switch (type) {
          case CENTROIDS -> meta.lists() * dimension * Float.BYTES;
          case LIST_STARTS -> empty ? 0 : (meta.lists() + 1L) * Integer.BYTES;
          case LIST_ORDINALS, ID_LENGTHS, METADATA_LENGTHS -> entries * Integer.BYTES;
          case QUANTIZER -> empty ? 0 : 2 * dimension * Float.BYTES;
          case CODES -> entries * dimension;
          case ORIGINALS -> entries * dimension * Float.BYTES;
          case ID_BYTES, METADATA_BYTES -> byteLength;
        };
    boolean fits =
        expected == byteLength
            && (type != SectionType.CENTROIDS || meta.lists() * dimension < 1 << 30);
    if (!fits) {
      throw new MalformedSnapshotException(
          "section %s has %d bytes, expected %d for %d entries of dimension %d in %d lists"
              .formatted(type, byteLength, expected, entries, dimension, meta.lists()));
    }
  }

  /** Texts follow their lengths, which must add up to them. */
  private void requireLengths(
      SectionType lengthsType, int[] lengths, int min, int max, long byteLength) {
    if (!allocated.contains(lengthsType)) {
      throw new MalformedSnapshotException(
          "section " + lengthsType + " is missing before its texts");
    }
    long sum = 0;
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < min || lengths[i] > max) {
        throw new MalformedSnapshotException(
            "element %d of section %s is %d, expected %d..%d"
                .formatted(i, lengthsType, lengths[i], min, max));
      }
      sum += lengths[i];
    }
    if (sum != byteLength) {
      throw new MalformedSnapshotException(
          "section %s adds up to %d bytes, the texts have %d"
              .formatted(lengthsType, sum, byteLength));
    }
  }

  private List<MemorySegment> originalParts(long byteLength) {
    List<MemorySegment> parts = new ArrayList<>();
    long missing = byteLength;
    for (float[] chunk : originals.reserveChunks(meta.entries())) {
      MemorySegment all = MemorySegment.ofArray(chunk);
      long used = Math.min(missing, all.byteSize());
      parts.add(all.asSlice(0, used));
      missing -= used;
    }
    return parts;
  }

  private static List<MemorySegment> part(float[] values) {
    return List.of(MemorySegment.ofArray(values));
  }

  private static List<MemorySegment> part(int[] values) {
    return List.of(MemorySegment.ofArray(values));
  }

  private static List<MemorySegment> parts(List<byte[]> chunks) {
    return chunks.stream().map(MemorySegment::ofArray).toList();
  }

  @Override
  public VectorCollection finish() {
    Set<SectionType> missing = EnumSet.allOf(SectionType.class);
    missing.removeAll(allocated);
    if (!missing.isEmpty()) {
      throw new MalformedSnapshotException("sections are missing: " + missing);
    }
    originals.adopt(meta.entries());
    var generation = new Generation(meta.options(), index(), originals.view(), ids, metadata);
    if (generation.distinctIds() != meta.entries()) {
      throw new MalformedSnapshotException(
          "%d entries have %d distinct ids".formatted(meta.entries(), generation.distinctIds()));
    }
    requireFinite(SectionType.CENTROIDS, centroids, centroids.length);
    requireFinite(SectionType.QUANTIZER, quantizer, quantizer.length);
    requireEntries(generation);
    return new ClusteredCollection(name, generation, commit);
  }

  /** What no upsert would have taken must not surface in the middle of a search. */
  private static void requireEntries(Generation generation) {
    VectorRows vectors = generation.originals();
    for (int row = 0; row < vectors.size(); row = vectors.endOfChunk(row)) {
      int rows = vectors.endOfChunk(row) - row;
      requireFinite(SectionType.ORIGINALS, vectors.chunkOf(row), rows * vectors.dimension());
    }
    for (int ordinal = 0; ordinal < generation.size(); ordinal++) {
      byte[] id = generation.ids().copyOf(ordinal);
      byte[] text = new String(id, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
      if (!Arrays.equals(id, text) || !Float.isFinite(vectors.scale(ordinal))) {
        throw new MalformedSnapshotException(
            "entry %d has an id that is not UTF-8, or a vector without a direction"
                .formatted(ordinal));
      }
      Metadata _ = MetadataCodec.decode(generation.metadata().copyOf(ordinal));
    }
  }

  private static void requireFinite(SectionType type, float[] values, int length) {
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new MalformedSnapshotException(
            "section %s has %s where a finite number belongs".formatted(type, values[i]));
      }
    }
  }

  private @Nullable ClusterIndex index() {
    if (meta.entries() == 0) {
      return null;
    }
    requireStarts();
    requirePermutation();
    return ClusterIndex.of(
        meta.options().metric(),
        new Centroids(meta.options().dimension(), centroids),
        new InvertedLists(listStarts, listOrdinals),
        ScalarQuantizer.ofParameters(quantizer),
        codes);
  }

  private void requireStarts() {
    boolean rising = listStarts[0] == 0 && listStarts[meta.lists()] == meta.entries();
    for (int list = 0; list < meta.lists(); list++) {
      rising &= listStarts[list] <= listStarts[list + 1];
    }
    if (!rising) {
      throw new MalformedSnapshotException(
          "section LIST_STARTS does not rise from 0 to " + meta.entries());
    }
  }

  private void requirePermutation() {
    var seen = new BitSet(meta.entries());
    for (int position = 0; position < listOrdinals.length; position++) {
      int ordinal = listOrdinals[position];
      if (ordinal < 0 || ordinal >= meta.entries() || seen.get(ordinal)) {
        throw new MalformedSnapshotException(
            "element %d of section LIST_ORDINALS is %d, expected every number below %d once"
                .formatted(position, ordinal, meta.entries()));
      }
      seen.set(ordinal);
    }
  }
}
