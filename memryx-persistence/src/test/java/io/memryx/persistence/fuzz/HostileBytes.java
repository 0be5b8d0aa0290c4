package io.memryx.persistence.fuzz;

import com.sun.management.ThreadMXBean;
import io.memryx.MemoryBudgetException;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Bytes that nobody can trust, read as a file: that must give something, or a refusal that names
 * the file, and must not take much more memory than the bytes themselves.
 *
 * <p>The first byte of a fuzzer's input says whether the rest is given checksums that are right:
 * without that no fuzzer gets past them.
 */
public final class HostileBytes {
  /** Where the bytes lie. */
  public static final Path DIRECTORY = Path.of("/fuzz");

  /**
   * Memory that reading may take beside what depends on the size: buffers, first uses of classes.
   */
  private static final long FIXED_BYTES = 4 << 20;

  /**
   * Memory for each byte read: its copies in window, chunk and section, and what an engine makes of
   * it, such as a table of ids for entries of a few bytes.
   */
  private static final long BYTES_PER_BYTE = 64;

  private HostileBytes() {}

  /** Reads a file in whatever way. */
  @FunctionalInterface
  public interface Reading {
    /** Reads the file of this name. */
    void read(StoreFiles files, Path file) throws IOException;
  }

  /** Whether a fuzzer's input is to be given right checksums. */
  public static boolean wantsSeal(byte[] input) {
    return input.length > 0 && (input[0] & 1) == 1;
  }

  /** A fuzzer's input but for its first byte. */
  public static byte[] content(byte[] input) {
    byte[] content = new byte[Math.max(0, input.length - 1)];
    System.arraycopy(input, Math.min(1, input.length), content, 0, content.length);
    return content;
  }

  /**
   * Reads bytes as a file of this name.
   *
   * @return whether they were taken
   * @throws AssertionError if that ends in anything but the refusals that are declared, or takes
   *     more memory than it may
   */
  public static boolean read(String name, byte[] content, Reading reading) {
    var files = new MemoryFiles();
    Path file = DIRECTORY.resolve(name);
    try {
      files.createDirectories(DIRECTORY);
      try (StoreFiles.Sink sink = files.create(file)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          int written = sink.write(bytes);
          assert written > 0;
        }
      }
      return readWithin(FIXED_BYTES + BYTES_PER_BYTE * content.length, files, file, reading);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What takes too much is read again: the first use of a class takes what no later one does. */
  private static boolean readWithin(long bound, StoreFiles files, Path file, Reading reading)
      throws IOException {
    long before = allocated();
    boolean taken = isTaken(files, file, reading);
    if (allocated() - before > bound) {
      before = allocated();
      taken = isTaken(files, file, reading);
      long again = allocated() - before;
      if (again > bound) {
        throw new AssertionError(
            "%s took %,d bytes of memory, at most %,d were expected".formatted(file, again, bound));
      }
    }
    return taken;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static boolean isTaken(StoreFiles files, Path file, Reading reading) throws IOException {
    try {
      reading.read(files, file);
      return true;
    } catch (CorruptSnapshotException | UnsupportedFormatException | MemoryBudgetException e) {
      if (e.getMessage() == null || e.getMessage().isEmpty()) {
        throw new AssertionError("a refusal that says nothing", e);
      }
      return false;
    }
  }
}
