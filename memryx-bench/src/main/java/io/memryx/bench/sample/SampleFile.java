package io.memryx.bench.sample;

import io.memryx.persistence.exchange.VectorRows;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * The sample as a resource of the server: gzip of {@code int magic, int count, int dimension}, then
 * per entry {@code UTF id, UTF text, UTF partOfSpeech, UTF words} (separated by commas) and {@code
 * dimension} float16 components, all big-endian as {@link DataOutputStream} writes them.
 */
final class SampleFile {
  /** "MRXS". */
  static final int MAGIC = 0x4D52_5853;

  private SampleFile() {}

  static void write(Path file, List<SampleEntry> entries, VectorRows vectors) throws IOException {
    try (OutputStream bytes = new BufferedOutputStream(Files.newOutputStream(file));
        var data = new DataOutputStream(new BufferedOutputStream(new SmallGzip(bytes)))) {
      data.writeInt(MAGIC);
      data.writeInt(entries.size());
      data.writeInt(vectors.dimension());
      for (SampleEntry entry : entries) {
        data.writeUTF(entry.synset().id());
        data.writeUTF(entry.text());
        data.writeUTF(entry.synset().partOfSpeech());
        data.writeUTF(String.join(",", entry.synset().words()));
        for (float component : vectors.row(entry.row())) {
          data.writeShort(Float.floatToFloat16(component));
        }
      }
    }
  }

  /** Gzip at its best level: written once, shipped always. */
  private static final class SmallGzip extends GZIPOutputStream {
    SmallGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
