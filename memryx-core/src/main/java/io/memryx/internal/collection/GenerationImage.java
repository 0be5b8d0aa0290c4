package io.memryx.internal.collection;

import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.JoinedRows;
import io.memryx.internal.ivf.StoredRows;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotMeta;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A generation seen as a snapshot: its arrays as sections, nothing copied but sizes. {@link
 * GenerationAssembler} is the way back.
 */
final class GenerationImage {
  /** Stored rows are looked at in runs of at most so many. */
  private static final int RUN_ROWS = 4_096;

  private final Generation generation;
  private final List<Section> sections = new ArrayList<>();

  private GenerationImage(Generation generation) {
    this.generation = generation;
  }

  /**
   * A generation as a snapshot.
   *
   * @param lastSequence number of the last change in it
   */
  static Snapshot of(Generation generation, long lastSequence) {
    var image = new GenerationImage(generation);
    image.addTexts();
    ClusterIndex index = generation.index();
    if (index != null) {
      image.addIndex(index);
    }
    Vectors originals = generation.originals();
    if (originals != null) {
      image.addOriginals(originals);
    }
    return new Snapshot(meta(generation, lastSequence), image.sections);
  }

  private static SnapshotMeta meta(Generation generation, long lastSequence) {
    ClusterIndex index = generation.index();
    return index == null
        ? new SnapshotMeta(
            generation.options(), generation.size(), 0, SnapshotMeta.NO_QUANTIZER, lastSequence)
        : new SnapshotMeta(
            generation.options(),
            generation.size(),
            index.lists().count(),
            ResidualQuantizer.NAME,
            lastSequence);
  }

  private void addTexts() {
    addBytes(SectionType.ID_SIZES, generation.ids().sizes());
    addBytes(SectionType.ID_BYTES, generation.ids().bytesByChunk());
    addBytes(SectionType.METADATA_SIZES, generation.metadata().sizes());
    addBytes(SectionType.METADATA_BYTES, generation.metadata().bytesByChunk());
  }

  private void addIndex(ClusterIndex index) {
    addInts(SectionType.TRAINING, index.training().encode());
    addFloats(SectionType.MEAN, List.of(index.centroids().mean()));
    addBytes(SectionType.CENTROID_CODES, List.of(index.centroids().codes()));
    addFloats(SectionType.CENTROID_SCALES, List.of(index.centroids().scales()));
    addInts(SectionType.LIST_STARTS, index.lists().starts());
    addInts(SectionType.LIST_ORDINALS, index.lists().ordinals());
    if (index.isSpilled()) {
      addInts(SectionType.SPILLED_STARTS, index.spilled().starts());
      addInts(SectionType.SPILLED_POSITIONS, index.spilled().ordinals());
    }
    addFloats(SectionType.QUANTIZER, List.of(index.quantizer().parameters()));
    add(SectionType.TRANSFORMS, List.of(MemorySegment.ofArray(index.quantizer().transforms())));
    addBytes(SectionType.SIGN_CODES, index.signs().signs());
    addBytes(SectionType.SIGN_FACTORS, index.signs().factors());
    addFloats(SectionType.ADDENDS, index.signs().addends());
    addBytes(SectionType.ROW_CODES, index.codes().rows());
  }

  private void addOriginals(Vectors originals) {
    List<MemorySegment> parts = new ArrayList<>();
    collect(originals, 0, originals.size(), parts);
    add(SectionType.ORIGINALS, parts);
  }

  private static void collect(Vectors vectors, int first, int count, List<MemorySegment> parts) {
    switch (vectors) {
      case VectorRows inMemory -> collectChunks(inMemory, first, first + count, parts);
      case StoredRows stored -> collectStored(stored, first, first + count, parts);
      case JoinedRows joined ->
          joined.forEachRun(
              first, count, (source, row, rows, _) -> collect(source, row, rows, parts));
    }
  }

  private static void collectChunks(VectorRows rows, int from, int to, List<MemorySegment> parts) {
    long rowBytes = (long) rows.dimension() * Float.BYTES;
    for (int row = from; row < to; ) {
      int end = Math.min(to, rows.endOfChunk(row));
      parts.add(
          MemorySegment.ofArray(rows.chunkOf(row))
              .asSlice((long) rows.offsetOf(row) * Float.BYTES, (end - row) * rowBytes));
      row = end;
    }
  }

  private static void collectStored(StoredRows rows, int from, int to, List<MemorySegment> parts) {
    for (int row = from; row < to; row += RUN_ROWS) {
      int count = Math.min(RUN_ROWS, to - row);
      if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
        parts.add(rows.stored().rows(row, count));
      } else {
        float[] copy = new float[count * rows.dimension()];
        rows.copyTo(row, count, copy, 0);
        parts.add(MemorySegment.ofArray(copy));
      }
    }
  }

  private void addFloats(SectionType type, List<float[]> values) {
    add(type, values.stream().map(MemorySegment::ofArray).toList());
  }

  private void addInts(SectionType type, int[] values) {
    add(type, List.of(MemorySegment.ofArray(values)));
  }

  private void addBytes(SectionType type, List<byte[]> values) {
    add(type, values.stream().map(MemorySegment::ofArray).toList());
  }

  private void add(SectionType type, List<MemorySegment> parts) {
    sections.add(new Section(type, parts));
  }
}
