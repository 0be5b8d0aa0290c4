package io.memryx.persistence.internal.file;

import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A collection's objects as the files of a directory, to look at, also beside the writer. */
record DirectoryListing(StoreFiles files, Path directory) implements ReadableObjects {
  Path path(String name) {
    return directory.resolve(name);
  }

  @Override
  public String location(String name) {
    return path(name).toString();
  }

  @Override
  public List<String> list() throws IOException {
    return files.isDirectory(directory)
        ? files.list(directory).stream().map(StoreNames::fileName).toList()
        : List.of();
  }

  @Override
  public StoreFiles.Source get(String name) throws IOException {
    return files.open(path(name));
  }
}
