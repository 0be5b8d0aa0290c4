package io.memryx.server.http;

import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Row;
import java.io.ByteArrayInputStream;

/** Reads lines as rows of an upsert. Not thread-safe. */
final class RowReader {
  private final EntryDecoder decoder = new EntryDecoder();
  private int count;

  /** The row of the next line. */
  Row read(LineReader.Line line) {
    Row.Place place = new Row.Place(count++, line.number());
    decoder.reset();
    try {
      return new Row.Read(
          place, JsonReader.read(new ByteArrayInputStream(line.bytes()), decoder::read));
    } catch (ProblemException e) {
      return new Row.Unreadable(place, decoder.lastId(), e.problem());
    }
  }
}
