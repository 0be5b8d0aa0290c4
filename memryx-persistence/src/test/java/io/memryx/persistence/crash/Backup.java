package io.memryx.persistence.crash;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.StoreRestore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A backup of a live store; beside it lies a note of what was acknowledged before it was begun.
 *
 * @param directory whose name is a number
 */
record Backup(Path directory) {
  private static final String NOTE_SUFFIX = ".acknowledged";

  /** Those in a directory that are there under their names, in order; none if it is not there. */
  static List<Backup> published(Path directory) throws IOException {
    List<Backup> published = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      for (Path child : AfterCrash.children(directory)) {
        if (String.valueOf(child.getFileName()).matches("[0-9]+")) {
          published.add(new Backup(child));
        }
      }
    }
    published.sort(
        Comparator.comparingInt(
            each -> Integer.parseInt(each.directory().getFileName().toString())));
    return published;
  }

  private Path note() {
    return directory.resolveSibling(directory.getFileName() + NOTE_SUFFIX);
  }

  /** Notes the number of the step that was acknowledged last to each client. */
  void note(List<Long> acknowledged) {
    try {
      Files.createDirectories(directory.getParent());
      Files.writeString(
          note(), acknowledged.stream().map(String::valueOf).collect(Collectors.joining(",")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was noted. */
  List<Long> acknowledged() throws IOException {
    return List.of(Files.readString(note()).split(",", -1)).stream().map(Long::valueOf).toList();
  }

  /** What it has, restored into a directory that is removed again. */
  Recovered restored() throws IOException {
    Path store = directory.resolveSibling(directory.getFileName() + ".restored");
    var ignored = StoreRestore.restore(directory, store, CopyProgress.SILENT);
    assert ignored != null;
    try {
      return AfterCrash.read(store);
    } finally {
      AfterCrash.delete(store);
    }
  }
}
