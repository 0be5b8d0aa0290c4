package io.memryx.persistence.exchange;

import io.memryx.persistence.exchange.VectorRows.Encoding;
import io.memryx.persistence.exchange.VectorRows.Layout;
import java.io.IOException;
import java.nio.file.Path;

/** The format of the TEXMEX data sets: fvecs holds float32 rows, ivecs int32 rows. */
public final class VecsFile {
  private VecsFile() {}

  /**
   * Opens an fvecs file.
   *
   * @throws MalformedFileException if it is empty, truncated or has rows of several widths
   */
  public static VectorRows openFloats(Path path) throws IOException {
    MappedFile file = MappedFile.open(path);
    VecsRows shape = VecsRows.of(file);
    return new VectorRows(
        file,
        new Layout(
            Encoding.FLOAT32, shape.rows(), shape.width(), Integer.BYTES, shape.strideBytes()));
  }

  /**
   * Opens an ivecs file.
   *
   * @throws MalformedFileException if it is empty, truncated or has rows of several widths
   */
  public static IntRows openInts(Path path) throws IOException {
    MappedFile file = MappedFile.open(path);
    return new IntRows(file, VecsRows.of(file));
  }
}
