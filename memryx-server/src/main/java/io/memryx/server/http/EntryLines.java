package io.memryx.server.http;

import io.memryx.Entry;
import java.io.ByteArrayInputStream;
import java.util.EnumSet;
import java.util.Set;

/**
 * Entries as lines of JSON (NDJSON): what export writes and import takes back. A float32 is written
 * with as few digits as give the same float32 back. Not thread-safe.
 */
public final class EntryLines {
  private static final Set<SearchCall.Included> ALL = EnumSet.allOf(SearchCall.Included.class);

  private final EntryDecoder decoder = new EntryDecoder();

  /** Writes and reads lines. */
  public EntryLines() {}

  /** An entry as one line, with its end. */
  public byte[] write(Entry entry) {
    return Json.write(json -> EntryEncoder.write(json, entry, ALL));
  }

  /**
   * The entry of a line. Its id, vector and metadata are checked when it is upserted.
   *
   * @throws io.memryx.server.problem.ProblemException if it is not one entry
   */
  public Entry read(byte[] line) {
    return JsonReader.read(new ByteArrayInputStream(line), decoder::read);
  }
}
