package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Row;
import java.io.ByteArrayInputStream;

/** Reads lines as rows of an upsert. Not thread-safe. */
final class RowReader {
  private final EntryDecoder decoder = new EntryDecoder();
  private final long maxUnreadableBytes;
  private int count;
  private long unreadableBytes;

  /**
   * Nothing is read.
   *
   * @param maxUnreadableBytes of lines that can't be read: an upload that has nothing else must not
   *     hold its thread for ever
   */
  RowReader(long maxUnreadableBytes) {
    this.maxUnreadableBytes = maxUnreadableBytes;
  }

  /** The row of the next line. */
  Row read(LineReader.Line line) {
    Row.Place place = new Row.Place(count++, line.number());
    decoder.reset();
    try {
      return new Row.Read(
          place, JsonReader.read(new ByteArrayInputStream(line.bytes()), decoder::read));
    } catch (ProblemException e) {
      countUnreadable(line);
      return new Row.Unreadable(place, decoder.lastId(), e.problem());
    }
  }

  private void countUnreadable(LineReader.Line line) {
    unreadableBytes += line.bytes().length + 1;
    if (unreadableBytes > maxUnreadableBytes) {
      throw Problem.of(
              ProblemCode.BODY_TOO_LARGE,
              "up to line %d, lines that can't be read have more than %d bytes"
                  .formatted(line.number(), maxUnreadableBytes),
              "look at the first of them: most likely the file is of another kind")
          .toException();
    }
  }
}
