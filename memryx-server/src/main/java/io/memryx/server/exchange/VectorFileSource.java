package io.memryx.server.exchange;

import io.memryx.Entry;
import io.memryx.persistence.exchange.VectorRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of a file of vectors, with their numbers or the lines of another file as ids. */
final class VectorFileSource implements EntrySource {
  private final VectorRows rows;
  private final @Nullable BufferedReader ids;
  private int next;

  private VectorFileSource(VectorRows rows, @Nullable BufferedReader ids) {
    this.rows = rows;
    this.ids = ids;
  }

  static VectorFileSource open(Path file, @Nullable Path ids) throws IOException {
    VectorRows rows = VectorRows.open(file);
    if (ids == null) {
      return new VectorFileSource(rows, null);
    }
    long lines;
    try (Stream<String> counted = Files.lines(ids)) {
      lines = counted.count();
    }
    if (lines != rows.rows()) {
      throw new IOException(
          "%s has %d lines, %s has %d vectors: expected one id a vector"
              .formatted(ids, lines, file, rows.rows()));
    }
    return new VectorFileSource(rows, Files.newBufferedReader(ids));
  }

  @Override
  public Optional<Candidate> next() throws IOException {
    if (next == rows.rows()) {
      return Optional.empty();
    }
    int row = next++;
    String id = ids == null ? Integer.toString(row) : String.valueOf(ids.readLine());
    String place = "row %d (byte %d)".formatted(row, rows.offsetOf(row));
    return Optional.of(new Candidate.Found(place, Entry.of(id, rows.row(row))));
  }

  @Override
  public double fraction() {
    return (double) next / rows.rows();
  }

  @Override
  public void close() throws IOException {
    if (ids != null) {
      ids.close();
    }
  }
}
