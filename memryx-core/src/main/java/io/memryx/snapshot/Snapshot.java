package io.memryx.snapshot;

import java.util.List;

/**
 * The immutable image of a collection's built index. Sections share memory with the collection:
 * nothing is copied to make one.
 *
 * @param meta what it is of
 * @param sections every section once, in order of {@link SectionType}
 */
public record Snapshot(SnapshotMeta meta, List<Section> sections) {

  /** Copies the list. */
  public Snapshot {
    sections = List.copyOf(sections);
  }
}
