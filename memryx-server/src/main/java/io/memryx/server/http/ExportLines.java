package io.memryx.server.http;

import io.memryx.Entry;
import io.memryx.server.service.EntryReads;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

/** Entries as lines, as they are wanted: what the upsert of lines takes back. */
final class ExportLines implements LongAnswer.Source {
  /** What is made at one time: some lines, and little beside all that a connection has. */
  private static final int PART_BYTES = 64 * 1024;

  private final EntryReads.Export export;
  private final Set<SearchCall.Included> include;

  ExportLines(EntryReads.Export export, Set<SearchCall.Included> include) {
    this.export = export;
    this.include = Set.copyOf(include);
  }

  @Override
  public ByteBuffer next() {
    var part = new ByteArrayOutputStream(PART_BYTES + PART_BYTES / 8);
    while (part.size() < PART_BYTES) {
      Optional<Entry> entry = export.next();
      if (entry.isEmpty()) {
        break;
      }
      part.writeBytes(Json.write(json -> EntryEncoder.write(json, entry.get(), include)));
    }
    return ByteBuffer.wrap(part.toByteArray());
  }

  @Override
  public void close() {
    export.close();
  }
}
