package io.memryx.server;

import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.Metadata;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A packaged sample of real texts with their embeddings.
 *
 * <p>Format, gzipped, big-endian: int magic, int count, int dimension; then for every entry its id,
 * text, part of speech and words (separated by commas) as modified UTF-8, and {@code dimension}
 * float16.
 *
 * @param dimension number of components of every vector
 * @param entries the sample
 */
record DemoSample(int dimension, List<Entry> entries) {
  static final int MAGIC = 0x4D52_5853;

  private static final String RESOURCE = "/demo/wordnet-sample.bin.gz";

  DemoSample {
    entries = List.copyOf(entries);
  }

  /** The packaged sample. */
  static DemoSample packaged() throws IOException {
    InputStream file = DemoSample.class.getResourceAsStream(RESOURCE);
    if (file == null) {
      throw new IOException("the sample %s is not packaged: build again".formatted(RESOURCE));
    }
    return read(file);
  }

  /**
   * Reads a sample, and closes the file.
   *
   * @throws IOException if it is not a sample
   */
  static DemoSample read(InputStream file) throws IOException {
    try (DataInputStream data =
        new DataInputStream(new BufferedInputStream(new GZIPInputStream(file)))) {
      require(data.readInt() == MAGIC, "it begins with other bytes than a sample");
      int count = data.readInt();
      int dimension = data.readInt();
      require(count >= 1 && count <= 1_000_000, "it claims %d entries".formatted(count));
      require(
          dimension >= 1 && dimension <= Limits.MAX_DIMENSION,
          "it claims %d dimensions".formatted(dimension));
      List<Entry> entries = new ArrayList<>();
      for (int number = 0; number < count; number++) {
        entries.add(entry(data, dimension));
      }
      require(data.read() < 0, "something follows the last entry");
      return new DemoSample(dimension, entries);
    }
  }

  private static Entry entry(DataInputStream data, int dimension) throws IOException {
    String id = data.readUTF();
    Metadata.Builder metadata = Metadata.builder();
    metadata.put("text", data.readUTF());
    metadata.put("pos", data.readUTF());
    metadata.put("words", Arrays.asList(data.readUTF().split(",", -1)));
    float[] vector = new float[dimension];
    for (int component = 0; component < dimension; component++) {
      vector[component] = Float.float16ToFloat(data.readShort());
    }
    return Entry.of(id, vector, metadata.build());
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException("not a sample of texts: " + otherwise);
    }
  }
}
