package io.memryx.server.exchange;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Entries of a file, read one by one. Not thread-safe. */
public sealed interface EntrySource extends AutoCloseable permits VectorFileSource, LineSource {

  /** What can be read, for messages. */
  String FORMATS = ".ndjson or .jsonl (an entry a line), .fvecs, .npy (float32 or float16)";

  /**
   * Opens a file by the end of its name; {@code -} is standard input, as lines.
   *
   * @param ids a file of ids, one a line, for rows of vectors; null: their numbers from 0 on
   * @throws IOException if it can't be read, or its name or what it holds is not as expected
   */
  static EntrySource open(String file, @Nullable Path ids) throws IOException {
    String name = file.toLowerCase(Locale.ROOT);
    if (name.endsWith(".fvecs") || name.endsWith(".npy")) {
      return VectorFileSource.open(Path.of(file), ids);
    }
    if (ids != null) {
      throw new IOException(
          "--ids is for files of vectors: the lines of %s have ids".formatted(file));
    }
    if (name.endsWith(".ndjson") || name.endsWith(".jsonl")) {
      Path path = Path.of(file);
      return new LineSource(Files.newInputStream(path), Files.size(path));
    }
    if (name.equals("-")) {
      InputStream in = new BufferedInputStream(System.in);
      return new LineSource(in, LineSource.UNKNOWN_SIZE);
    }
    throw new IOException(
        "%s ends like no format that is known: expected %s".formatted(file, FORMATS));
  }

  /** What comes next, or empty at the end. */
  Optional<Candidate> next() throws IOException;

  /** The share of the source that is read, 0 to 1, or NaN where its size is not known. */
  double fraction();

  @Override
  void close() throws IOException;
}
