package io.memryx.persistence.internal.file;

import io.memryx.snapshot.SectionType.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A cursor over the parts of a section, which moves elements between them and little-endian bytes.
 * Where the machine is little-endian itself, that is a plain copy. Not thread-safe.
 */
public final class SectionParts {
  private final List<MemorySegment> parts;
  private final ValueLayout memoryLayout;
  private final ValueLayout storedLayout;
  private int part;
  private long offset;

  /** Starts at the first element of parts that hold elements in the machine's byte order. */
  public SectionParts(List<MemorySegment> parts, ElementType elementType) {
    this(parts, elementType, ByteOrder.nativeOrder());
  }

  SectionParts(List<MemorySegment> parts, ElementType elementType, ByteOrder memoryOrder) {
    this.parts = parts;
    ValueLayout layout =
        switch (elementType) {
          case INT8 -> ValueLayout.JAVA_BYTE;
          // Bits are moved, not numbers: a NaN keeps its payload.
          case INT16 -> ValueLayout.JAVA_SHORT_UNALIGNED;
          case INT32, FLOAT32 -> ValueLayout.JAVA_INT_UNALIGNED;
        };
    this.memoryLayout = layout.withOrder(memoryOrder);
    this.storedLayout = layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  /** Copies the next bytes of the section out; a whole number of elements. */
  public void get(MemorySegment target, long targetOffset, long bytes) {
    long done = 0;
    while (done < bytes) {
      long run = nextRun(bytes - done);
      MemorySegment.copy(
          parts.get(part),
          memoryLayout,
          offset,
          target,
          storedLayout,
          targetOffset + done,
          run / memoryLayout.byteSize());
      offset += run;
      done += run;
    }
  }

  /** Copies the next bytes of the section in; a whole number of elements. */
  public void put(MemorySegment source, long sourceOffset, long bytes) {
    long done = 0;
    while (done < bytes) {
      long run = nextRun(bytes - done);
      MemorySegment.copy(
          source,
          storedLayout,
          sourceOffset + done,
          parts.get(part),
          memoryLayout,
          offset,
          run / memoryLayout.byteSize());
      offset += run;
      done += run;
    }
  }

  /** Moves on to the part that holds the next element. */
  private long nextRun(long wanted) {
    while (offset == parts.get(part).byteSize()) {
      part++;
      offset = 0;
    }
    return Math.min(wanted, parts.get(part).byteSize() - offset);
  }
}
