package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a backup, and what their bytes give: text, a line each, as {@code sha256sum} has it
 * with sizes. What proves a backup whole: it is written last.
 *
 * @param entries in the order of the list
 */
record BackupList(List<Entry> entries) {
  /** What the list's own file is called. */
  static final String FILE = "BACKUP";

  /** A million files; more are not in one store. */
  private static final int MAX_BYTES = 256 << 20;

  private static final String FIRST_LINE = "memryx-backup 1";
  private static final String LAST_WORD = "end";
  private static final Pattern FIRST = Pattern.compile("memryx-backup ([0-9]{1,9})");
  private static final Pattern LINE =
      Pattern.compile("([0-9a-f]{64}) ([0-9]{1,18}) ([a-z0-9_.-]{1,64})/([A-Za-z0-9.-]{1,64})");
  private static final Pattern DIRECTORY = Pattern.compile("[a-z0-9_.-]{1,40}-[0-9a-f]{8}");

  BackupList {
    entries = List.copyOf(entries);
  }

  /**
   * One file.
   *
   * @param directory the collection's
   * @param name in it
   * @param bytes its size
   * @param digest of all its bytes
   */
  record Entry(String directory, String name, long bytes, Sha256 digest) {
    /** Refuses what leads elsewhere, or is no part of a store. */
    Entry {
      if (!isCollectionDirectory(directory) || !isPart(name)) {
        throw new IllegalArgumentException(
            "'%s/%s' is no file of a collection".formatted(directory, name));
      }
    }

    private static boolean isPart(String name) {
      return StoreNames.isSnapshot(name)
          || StoreNames.isSegment(name)
          || StoreNames.manifestNumber(name).isPresent();
    }

    private String line() {
      return "%s %d %s/%s\n".formatted(digest, bytes, directory, name);
    }
  }

  /** Whether a directory of this name can be listed. */
  static boolean isCollectionDirectory(String name) {
    return DIRECTORY.matcher(name).matches();
  }

  ByteBuffer encode() {
    var text = new StringBuilder(FIRST_LINE).append('\n');
    entries.forEach(entry -> text.append(entry.line()));
    Sha256 digest = Sha256.of(text.toString().getBytes(StandardCharsets.US_ASCII));
    text.append(digest).append(' ').append(LAST_WORD).append('\n');
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads a list's file. */
  static BackupList read(String file, StoreFiles.Source source) throws IOException {
    long size = source.size();
    if (size > MAX_BYTES) {
      throw damage(file, MAX_BYTES, "%,d bytes are no list of a backup".formatted(size));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    while (bytes.hasRemaining() && source.read(bytes, bytes.position()) > 0) {
      // until all is there, or it ends: then its last line is missing
    }
    return decode(file, new String(bytes.array(), StandardCharsets.ISO_8859_1));
  }

  private static BackupList decode(String file, String text) {
    int begin = text.indexOf('\n') + 1;
    Matcher first = FIRST.matcher(text.substring(0, Math.max(0, begin - 1)));
    if (!first.matches()) {
      throw damage(file, 0, "it does not begin as a list of a backup does");
    }
    if (!first.group(1).equals("1")) {
      throw new UnsupportedFormatException(
          file,
          "it is of a backup of version %s, this Memryx reads 1: use the Memryx that wrote it, or a newer one"
              .formatted(first.group(1)));
    }
    int last = text.lastIndexOf('\n', text.length() - 2) + 1;
    String proof = Sha256.of(text.substring(0, last).getBytes(StandardCharsets.ISO_8859_1)) + " ";
    if (!text.substring(last).equals(proof + LAST_WORD + "\n")) {
      throw damage(file, last, "its last line is not the digest of those before");
    }
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int at = begin; at < last; ) {
      int end = text.indexOf('\n', at);
      Entry entry = entry(file, at, text.substring(at, end));
      if (!names.add(entry.directory() + "/" + entry.name())) {
        throw damage(file, at, "a file is listed twice");
      }
      entries.add(entry);
      at = end + 1;
    }
    return new BackupList(entries);
  }

  private static Entry entry(String file, long offset, String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw damage(file, offset, "no line of a list");
    }
    try {
      return new Entry(
          matcher.group(3),
          matcher.group(4),
          Long.parseLong(matcher.group(2)),
          new Sha256(HexFormat.of().parseHex(matcher.group(1))));
    } catch (IllegalArgumentException e) {
      throw damage(file, offset, String.valueOf(e.getMessage()));
    }
  }

  private static CorruptSnapshotException damage(String file, long offset, String what) {
    return new CorruptSnapshotException(file, offset, what, null);
  }
}
