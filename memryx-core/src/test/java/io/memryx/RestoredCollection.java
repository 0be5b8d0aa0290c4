package io.memryx;

import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What comes back of a snapshot when its sections are read as from a file. */
final class RestoredCollection {
  private RestoredCollection() {}

  static VectorCollection of(Snapshot snapshot) {
    return begin(snapshot).finish();
  }

  /** With all sections read; {@code finish} is to come. */
  static SnapshotAssembler begin(Snapshot snapshot) {
    SnapshotAssembler assembler =
        Memryx.assemble("restored", snapshot.meta(), GenerationCommit.NONE);
    for (Section section : snapshot.sections()) {
      MemorySegment all = MemorySegment.ofArray(bytes(section));
      long offset = 0;
      for (MemorySegment part : assembler.allocate(section.type(), section.byteLength())) {
        part.copyFrom(all.asSlice(offset, part.byteSize()));
        offset += part.byteSize();
      }
    }
    return assembler;
  }

  private static byte[] bytes(Section section) {
    byte[] bytes = new byte[(int) section.byteLength()];
    int offset = 0;
    for (MemorySegment part : section.parts()) {
      int length = (int) part.byteSize();
      MemorySegment.copy(part, ValueLayout.JAVA_BYTE, 0, bytes, offset, length);
      offset += length;
    }
    return bytes;
  }
}
