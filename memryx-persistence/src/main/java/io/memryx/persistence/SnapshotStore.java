package io.memryx.persistence;

import io.memryx.VectorCollection;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where snapshots are kept: per key a chain of generations, of which the newest sound one counts.
 * Keys are opaque texts of 1 to 256 characters; they never become file names. Thread-safe; two
 * saves of one key take turns.
 *
 * <p>Implementations: files ({@link FileSnapshotStore}) and memory ({@link InMemorySnapshotStore}).
 */
public interface SnapshotStore extends AutoCloseable {

  /** The keys that have at least one generation, in order; damaged ones included. */
  List<String> keys();

  /**
   * Those of the {@link #keys} that begin with a prefix, in order. Implementations that have their
   * keys in order look at these only.
   */
  default List<String> keys(String prefix) {
    return keys().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  /**
   * Makes a snapshot the newest generation of its key. When this returns it is durable; when it
   * throws, the generations are as they were.
   *
   * @throws PersistenceException if it could not be written, with the reason and the remedy
   */
  SavedSnapshot save(String key, Snapshot snapshot);

  /**
   * Reads the newest sound generation of a key, and makes the changes again that were logged after
   * it. To be called before changes are logged. Damage to a newer generation is reported loudly and
   * passed over; what it held is in the log, so that nothing is lost. Vectors that the collection
   * reads where they are stored are not read yet: damage to those shows when they are touched, or
   * is found by a check of the store.
   *
   * @param assemblers gives, for the meta of a generation, what its sections are read into
   * @return the collection, or empty if the key has no generation at all
   * @throws PersistenceException if there are generations and none is sound, or if the log is
   *     damaged
   */
  Optional<LoadedSnapshot> load(String key, Function<SnapshotMeta, SnapshotAssembler> assemblers);

  /**
   * Where changes of a key's collection are logged, to be replayed by {@link #load}; {@link
   * ChangeLog#NONE} if this store keeps no log. A generation must have been saved or loaded before
   * the first change.
   */
  ChangeLog log(String key);

  /**
   * Removes all generations of a key. When this returns they are gone for good; when it throws, all
   * of them are there or none, now and after a restart. Vectors that somebody still refers to stay
   * readable.
   *
   * @return whether there was a generation
   * @throws PersistenceException if that could not be made durable, with the reason and the remedy
   */
  boolean delete(String key);

  /**
   * Makes everything durable that was logged before this call, also where the log promises less by
   * itself. Nothing is to be done where changes are durable when they are logged, or none is.
   *
   * @throws PersistenceException if that could not be done
   */
  default void force() {}

  /** How logs were forced since the store was opened; costs next to nothing. */
  default LogForces logForces() {
    return LogForces.NONE;
  }

  /** How the store is; asks the medium little, so that it may be called often. */
  StoreCondition condition();

  /**
   * Releases the store for other writers. What was logged is durable then, whatever was promised.
   */
  @Override
  void close();

  /**
   * A snapshot that is durable now.
   *
   * @param location where operators find it: a path, a URL
   * @param generation number of the generation, rising
   * @param bytes size as stored
   * @param originals the vectors of section {@link io.memryx.snapshot.SectionType#ORIGINALS} where
   *     they are stored now, if the snapshot has that section and lists; they stay readable for as
   *     long as they are referred to, whatever is saved later
   */
  record SavedSnapshot(
      String location, long generation, long bytes, Optional<StoredVectors> originals) {}

  /**
   * A collection that was read.
   *
   * @param collection what the assembler made of it
   * @param location where it was read from
   * @param generation number of the generation
   * @param passedOver newer generations that were damaged and not used, as messages with file and
   *     offset
   * @param coverage whether everything is there all the same
   * @param replayed number of changes that were made again from the log
   */
  record LoadedSnapshot(
      VectorCollection collection,
      String location,
      long generation,
      List<String> passedOver,
      Coverage coverage,
      long replayed) {

    /** Copies the list. */
    public LoadedSnapshot {
      passedOver = List.copyOf(passedOver);
    }
  }

  /** Whether a collection that was read has every change that was made durable. */
  enum Coverage {
    /** It has. */
    COMPLETE,
    /**
     * A newer generation is damaged, and from before changes were logged: it may have held more.
     */
    UNKNOWN
  }
}
