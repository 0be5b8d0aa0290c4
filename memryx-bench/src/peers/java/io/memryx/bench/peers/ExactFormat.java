package io.memryx.bench.peers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.Version;

/**
 * No index at all: every vector is scored for every query, with Lucene's SIMD dot product over
 * floats in the heap. On disk: {@code rows × dimension} float32, little-endian, row by row.
 */
record ExactFormat() implements PeerFormat {
  private static final String VECTORS = "vectors.f32";

  @Override
  public String configuration() {
    return "exact scan, float32, dot product of Lucene %s".formatted(Version.LATEST);
  }

  @Override
  public double build(Corpus corpus, BuildPlace place) throws IOException {
    ByteBuffer row =
        ByteBuffer.allocate(corpus.dimension() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (var out =
        new BufferedOutputStream(Files.newOutputStream(place.directory().resolve(VECTORS)))) {
      for (int i = 0; i < corpus.size(); i++) {
        row.asFloatBuffer().put(corpus.rows().row(i));
        out.write(row.array());
      }
    }
    Files.writeString(
        place.directory().resolveSibling("dimension"), String.valueOf(corpus.dimension()));
    return 0;
  }

  @Override
  public PeerIndex<?> open(Path directory) throws IOException {
    int dimension =
        Integer.parseInt(Files.readString(directory.resolveSibling("dimension")).strip());
    try (FileChannel channel = FileChannel.open(directory.resolve(VECTORS))) {
      int rowBytes = dimension * Float.BYTES;
      float[][] vectors = new float[Math.toIntExact(channel.size() / rowBytes)][dimension];
      ByteBuffer row = ByteBuffer.allocateDirect(rowBytes).order(ByteOrder.LITTLE_ENDIAN);
      for (float[] vector : vectors) {
        row.clear();
        while (row.hasRemaining()) {
          if (channel.read(row) < 0) {
            throw new IOException(directory + " ends within a vector");
          }
        }
        row.flip().asFloatBuffer().get(vector);
      }
      return new ExactIndex(vectors);
    }
  }

  /** Inner product, as {@link ExactIndex} scores. */
  static float score(float[] query, float[] vector) {
    return VectorUtil.dotProduct(query, vector);
  }
}
