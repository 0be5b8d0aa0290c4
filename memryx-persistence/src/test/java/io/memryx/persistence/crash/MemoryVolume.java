package io.memryx.persistence.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, of any size, that can grow while it is used. Needs root. */
final class MemoryVolume implements AutoCloseable {
  /** Programs without which there is none. */
  static final String[] PROGRAMS = {"mount", "umount"};

  private final Path mountPoint;

  private MemoryVolume(Path mountPoint) {
    this.mountPoint = mountPoint;
  }

  /** Makes one; skips the test where that is not allowed. */
  static MemoryVolume make(Path directory, long kibibytes) throws IOException {
    Path mountPoint = Files.createDirectories(directory.resolve("tmpfs"));
    try {
      Shell.run(
          "mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", mountPoint.toString());
    } catch (UncheckedIOException e) {
      Shell.skip("no tmpfs mounts here: " + e.getMessage());
    }
    return new MemoryVolume(mountPoint);
  }

  Path root() {
    return mountPoint;
  }

  void resize(long kibibytes) {
    Shell.run("mount", "-o", "remount,size=" + kibibytes + "k", mountPoint.toString());
  }

  /** Nobody may have a file open for writing. */
  void makeReadOnly() {
    Shell.run("mount", "-o", "remount,ro", mountPoint.toString());
  }

  /** The file system ends when nobody maps a file of it any more, which the collector decides. */
  @Override
  public void close() {
    Shell.run("umount", "-l", mountPoint.toString());
  }
}
