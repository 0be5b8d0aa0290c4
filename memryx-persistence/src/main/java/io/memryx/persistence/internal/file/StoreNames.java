package io.memryx.persistence.internal.file;

import io.memryx.persistence.internal.disk.DiskFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;

/** What the files and directories of a store are called. */
final class StoreNames {
  static final String LOCK = DiskFiles.LOCK;
  static final String LATEST = "snapshot_latest.mrx";
  static final String MANIFEST_PREFIX = "MANIFEST-";
  static final String TEMPORARY_SUFFIX = ".tmp";

  /** Of damaged files that a repair has put aside. */
  static final String ASIDE_SUFFIX = ".corrupt";

  private static final Pattern MANIFEST = Pattern.compile("MANIFEST-([0-9a-f]{16})");
  private static final Pattern SNAPSHOT = Pattern.compile("snap-[0-9a-f-]{36}\\.mrx");
  private static final Pattern SEGMENT = Pattern.compile("wal-([0-9a-f]{16})\\.log");
  private static final Pattern OURS =
      Pattern.compile("snap.*|MANIFEST.*|.*\\.mrx|snapshot_.*|wal-.*\\.log");
  private static final Pattern COLLECTION_DIRECTORY = Pattern.compile(".+-[0-9a-f]{8}");
  private static final int SLUG_CHARACTERS = 40;

  private StoreNames() {}

  static String manifest(long number) {
    return MANIFEST_PREFIX + "%016x".formatted(number);
  }

  static String snapshot(UUID snapshot) {
    return "snap-" + snapshot + ".mrx";
  }

  /** The number of a manifest by its name, or empty if it is not named as one. */
  static OptionalLong manifestNumber(String name) {
    var matcher = MANIFEST.matcher(name);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    long number = Long.parseUnsignedLong(matcher.group(1), 16);
    return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
  }

  static boolean isSnapshot(String name) {
    return SNAPSHOT.matcher(name).matches();
  }

  /** Whether a file is named as a segment of the log. */
  static boolean isSegment(String name) {
    return SEGMENT.matcher(name).matches();
  }

  /** The number of a segment of the log by its name; 0 if it is not named as one. */
  static long segmentNumber(String name) {
    var matcher = SEGMENT.matcher(name);
    return matcher.matches() ? Math.max(0, Long.parseUnsignedLong(matcher.group(1), 16)) : 0;
  }

  /** Whether a directory that can't be looked into is named as one of ours. */
  static boolean isCollectionDirectory(Path directory) {
    return COLLECTION_DIRECTORY.matcher(fileName(directory)).matches();
  }

  static boolean isTemporary(String name) {
    return name.endsWith(TEMPORARY_SUFFIX);
  }

  /** Whether a repair has put it aside. */
  static boolean isAside(String name) {
    return name.endsWith(ASIDE_SUFFIX);
  }

  /** Whether someone might take the file for a part of a store, of Memryx or of its forerunner. */
  static boolean looksLikeOurs(Path file) {
    return OURS.matcher(fileName(file)).matches();
  }

  static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }

  /**
   * The directory of a collection: readable, and the same for every writer, so that two writers of
   * a new collection meet at its first manifest. Never parsed: keys are read from manifests.
   *
   * @param attempt 0, or more if the names before belong to other keys
   */
  static String directory(String key, int attempt) {
    String slug = key.toLowerCase(Locale.ROOT).replace('/', '.').replaceAll("[^a-z0-9_.-]", "_");
    String digest = Sha256.of((attempt + ":" + key).getBytes(StandardCharsets.UTF_8)).toString();
    return slug.substring(0, Math.min(slug.length(), SLUG_CHARACTERS))
        + "-"
        + digest.substring(0, 8);
  }
}
