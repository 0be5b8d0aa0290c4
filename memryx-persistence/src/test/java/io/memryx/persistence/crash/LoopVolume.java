package io.memryx.persistence.crash;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system in a file, whose power can be cut: nothing that was not forced by then reaches the
 * disk. Needs root.
 */
final class LoopVolume implements AutoCloseable {
  /** Programs without which there is none. */
  static final String[] PROGRAMS = {"mount", "umount", "mkfs.ext4", "mkfs.xfs"};

  /** Room for the logs of some processes that never build; most of it is a hole. */
  private static final long BYTES = 1L << 30;

  private final Path image;
  private final Path mountPoint;

  /** The file systems that promises were tested on. */
  enum Type {
    EXT4,
    XFS;

    private void make(Path image) {
      switch (this) {
        case EXT4 -> Shell.run("mkfs.ext4", "-q", "-F", image.toString());
        case XFS -> Shell.run("mkfs.xfs", "-q", "-f", image.toString());
      }
    }
  }

  private LoopVolume(Path image, Path mountPoint) {
    this.image = image;
    this.mountPoint = mountPoint;
  }

  /** Makes one and mounts it; skips the test where that is not allowed. */
  static LoopVolume make(Type type, Path directory) throws IOException {
    Path image = directory.resolve(type + ".img");
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(BYTES);
    }
    var volume = new LoopVolume(image, Files.createDirectories(directory.resolve(type + ".mnt")));
    try {
      type.make(image);
      volume.mount();
    } catch (UncheckedIOException e) {
      Shell.skip("no loop mounts here: " + e.getMessage());
    }
    return volume;
  }

  Path root() {
    return mountPoint;
  }

  private void mount() {
    Shell.run("mount", "-o", "loop", image.toString(), mountPoint.toString());
  }

  /**
   * From here on nothing is written: neither data nor the file system's own log.
   *
   * @return {@link System#nanoTime} right before
   */
  long cutPower() {
    return PowerSwitch.cut(mountPoint);
  }

  /** What is there when the power is back. Nobody may have files open. */
  void restart() {
    Shell.run("umount", mountPoint.toString());
    mount();
  }

  @Override
  public void close() {
    Shell.run("umount", mountPoint.toString());
  }
}
