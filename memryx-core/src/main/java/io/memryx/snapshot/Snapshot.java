package io.memryx.snapshot;

import java.util.List;

/**
 * The immutable image of a collection's built index. Sections share memory with the collection:
 * nothing is copied to make one.
 *
 * @param meta what it is of
 * @param sections those that it has, each once, in order of {@link SectionType}: ids and metadata
 *     always; {@link SectionType#ORIGINALS} under lossless and where there are no lists; all others
 *     where there are lists
 */
public record Snapshot(SnapshotMeta meta, List<Section> sections) {

  /** Copies the list. */
  public Snapshot {
    sections = List.copyOf(sections);
  }
}
