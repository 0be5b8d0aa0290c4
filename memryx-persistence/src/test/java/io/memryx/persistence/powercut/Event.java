package io.memryx.persistence.powercut;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Something that happened while a script was played: to the disk, in the order in which it happened
 * there, or at a client. Files are known by number, for a file may have several names.
 */
sealed interface Event {

  /** The directory that something is in. */
  static Path parent(Path name) {
    return Objects.requireNonNull(name.getParent(), name::toString);
  }

  /** A change to the names in a directory, which is durable once that was synced. */
  sealed interface NameChange extends Event {
    /** The name that changes. */
    Path name();

    /** The directory whose names change. */
    default Path directory() {
      return parent(name());
    }
  }

  /** A change to the bytes of a file, which is durable once that was forced. */
  sealed interface ByteChange extends Event {
    /** The file's number. */
    int file();
  }

  /** A directory that is there now. */
  record DirectoryMade(Path name) implements NameChange {}

  /** Another name of a directory, and of all that is in it. */
  record DirectoryRenamed(Path from, Path name) implements NameChange {
    /** What a name in it is from then on. */
    Path after(Path inside) {
      return name.resolve(from.relativize(inside)).normalize();
    }
  }

  /** A directory that is gone. */
  record DirectoryRemoved(Path name) implements NameChange {}

  /** A file that is there now, empty. */
  record Created(Path name, int file) implements NameChange {}

  /** A further name of a file. */
  record Linked(Path name, int file) implements NameChange {}

  /** Another name of a file, which another file may have had. */
  record Renamed(Path from, Path name, int file) implements NameChange {}

  /** A name that is gone. */
  record Deleted(Path name) implements NameChange {}

  /** Bytes that were written; never changed. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Written(int file, long offset, byte[] bytes) implements ByteChange {
    @Override
    public String toString() {
      return "Written[file=%d, offset=%d, bytes=%d]".formatted(file, offset, bytes.length);
    }
  }

  /** A size that was set. */
  record Resized(int file, long size) implements ByteChange {}

  /** A file whose bytes are durable now. */
  record Forced(int file, Depth depth) implements Event {

    /** What of a file is durable. */
    enum Depth {
      /** What was written; a size that was set is on its way yet. */
      BYTES,
      BYTES_AND_SIZE
    }

    /** Whether a change that came before it is durable now. */
    boolean covers(ByteChange change) {
      return change.file() == file
          && switch (change) {
            case Written _ -> true;
            case Resized _ -> depth == Depth.BYTES_AND_SIZE;
          };
    }
  }

  /** A directory all of whose names are durable now. */
  record Synced(Path directory) implements Event {}

  /** A client began its call of this number. */
  record Begun(Script.Call call) implements Event {}

  /** The call of this number returned to its client. */
  record Returned(Script.Call call) implements Event {}

  /** A copy of the store, or of a backup, began. */
  record CopyBegun() implements Event {}

  /** It returned. */
  record CopyReturned() implements Event {}

  /** A store was opened after a crash, and served. */
  record Opened() implements Event {}
}
