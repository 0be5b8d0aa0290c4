package io.memryx.persistence.internal.file;

import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.util.List;

/** Named objects, each whole, to look at. Thread-safe. */
interface ReadableObjects {

  /** What operators call an object: a path, a URL. */
  String location(String name);

  /** The names of all objects, in order; none where nothing was stored yet. */
  List<String> list() throws IOException;

  /**
   * Opens an object for reading. What is read stays readable when the object is deleted meanwhile.
   *
   * @throws java.nio.file.NoSuchFileException if there is none of this name
   */
  StoreFiles.Source get(String name) throws IOException;
}
