package io.memryx.internal.collection;

import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotMeta;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A generation seen as a snapshot: its arrays as sections, nothing copied but lengths. {@link
 * GenerationAssembler} is the way back.
 */
final class GenerationImage {
  /** What the meta of a snapshot without entries names as its quantiser. */
  static final String NO_QUANTIZER = "none";

  private GenerationImage() {}

  static Snapshot of(Generation generation) {
    ClusterIndex index = generation.index();
    var sections = new ArrayList<Section>();
    if (index != null) {
      sections.add(floats(SectionType.CENTROIDS, index.centroids().values()));
      sections.add(ints(SectionType.LIST_STARTS, List.of(index.lists().starts())));
      sections.add(ints(SectionType.LIST_ORDINALS, List.of(index.lists().ordinals())));
      sections.add(floats(SectionType.QUANTIZER, index.quantizer().parameters()));
      sections.add(bytes(SectionType.CODES, index.codes().chunks()));
      sections.add(originals(generation.originals()));
      sections.add(ints(SectionType.ID_LENGTHS, generation.ids().lengths()));
      sections.add(bytes(SectionType.ID_BYTES, generation.ids().bytesByChunk()));
      sections.add(ints(SectionType.METADATA_LENGTHS, generation.metadata().lengths()));
      sections.add(bytes(SectionType.METADATA_BYTES, generation.metadata().bytesByChunk()));
    } else {
      for (SectionType type : SectionType.values()) {
        sections.add(new Section(type, List.of()));
      }
    }
    return new Snapshot(meta(generation), sections);
  }

  private static SnapshotMeta meta(Generation generation) {
    ClusterIndex index = generation.index();
    return index == null
        ? new SnapshotMeta(generation.options(), 0, 0, NO_QUANTIZER)
        : new SnapshotMeta(
            generation.options(),
            generation.size(),
            index.lists().count(),
            index.quantizer().name());
  }

  private static Section originals(VectorRows originals) {
    List<MemorySegment> parts = new ArrayList<>();
    long missing = (long) originals.size() * originals.dimension() * Float.BYTES;
    for (float[] chunk : originals.chunks()) {
      MemorySegment all = MemorySegment.ofArray(chunk);
      // The last chunk may have room beyond the last row.
      long used = Math.min(missing, all.byteSize());
      parts.add(all.asSlice(0, used));
      missing -= used;
    }
    return new Section(SectionType.ORIGINALS, parts);
  }

  private static Section floats(SectionType type, float[] values) {
    return new Section(type, List.of(MemorySegment.ofArray(values)));
  }

  private static Section ints(SectionType type, List<int[]> values) {
    return new Section(type, values.stream().map(MemorySegment::ofArray).toList());
  }

  private static Section bytes(SectionType type, List<byte[]> values) {
    return new Section(type, values.stream().map(MemorySegment::ofArray).toList());
  }
}
