package io.memryx.persistence;

import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Too little space for a snapshot or a change; what was there before is untouched. */
public final class StorageFullException extends PersistenceException {
  private static final long serialVersionUID = 1L;

  private final long neededBytes;
  private final long freeBytes;

  /** Space by need and by what there is. */
  public StorageFullException(
      String location, long neededBytes, long freeBytes, @Nullable Throwable cause) {
    super(
        "no space in %s: %,d bytes needed, %,d free: free or add space, and try again"
            .formatted(location, neededBytes, freeBytes),
        cause);
    this.neededBytes = neededBytes;
    this.freeBytes = freeBytes;
  }

  /**
   * Whether a failed operation tells of a full disk or quota: the JDK has no exception of its own
   * for them, only the system's words.
   */
  public static boolean isSaidBy(IOException failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return Stream.of("no space left", "quota exceeded", "not enough space", "takes no more bytes")
        .anyMatch(message::contains);
  }

  /** Size of what was to be written, with a margin. */
  public long neededBytes() {
    return neededBytes;
  }

  /** Space that there was for it. */
  public long freeBytes() {
    return freeBytes;
  }
}
