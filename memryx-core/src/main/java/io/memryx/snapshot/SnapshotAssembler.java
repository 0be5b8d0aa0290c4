package io.memryx.snapshot;

import io.memryx.VectorCollection;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Puts a collection together from the sections of a snapshot, and owns the memory that they are
 * read into. Not thread-safe.
 *
 * <p>Use: for every section {@link #allocate} and fill the parts, in order of {@link SectionType}
 * (stored originals may be left where they are, {@link #originals}); then {@link #finish} once;
 * then {@link #replay} what came after the snapshot.
 */
public interface SnapshotAssembler {

  /**
   * Writable memory for a section, in parts that follow one another; elements go in in the
   * machine's byte order.
   *
   * @param byteLength size of the section; the caller has made sure that so many bytes are really
   *     there to read
   * @throws MalformedSnapshotException if no snapshot of this meta has such a section
   */
  List<MemorySegment> allocate(SectionType type, long byteLength);

  /**
   * Leaves the section {@link SectionType#ORIGINALS} where it is stored instead of reading it; only
   * for a meta with lists.
   *
   * @param vectors as many as the meta has entries
   * @throws MalformedSnapshotException if no snapshot of this meta has such a section
   */
  void originals(StoredVectors vectors);

  /**
   * Checks that the sections fit together and gives the collection they describe.
   *
   * @throws MalformedSnapshotException if a section is missing or contradicts another
   */
  VectorCollection finish();

  /**
   * Makes a change again that was logged after the snapshot. To be called after {@link #finish},
   * one by one in order.
   *
   * @param sequence one more than that of the change before; the first one after the meta's
   * @throws MalformedSnapshotException if no collection of this meta can have logged such a change
   */
  void replay(long sequence, Change change);
}
