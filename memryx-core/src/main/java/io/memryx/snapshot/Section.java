package io.memryx.snapshot;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One array of a snapshot, in read-only parts that follow one another. Elements are in the
 * machine's byte order; a part never splits an element.
 *
 * @param type which array
 * @param parts read-only, in order; none for an empty array
 */
public record Section(SectionType type, List<MemorySegment> parts) {

  /** Makes every part read-only. */
  public Section {
    parts = parts.stream().map(MemorySegment::asReadOnly).toList();
  }

  /** Size of the whole section. */
  public long byteLength() {
    return parts.stream().mapToLong(MemorySegment::byteSize).sum();
  }
}
