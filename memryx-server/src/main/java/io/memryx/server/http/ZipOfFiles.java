package io.memryx.server.http;

import io.memryx.server.service.ScratchDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** A directory as a zip that is made while it is sent, and is gone then. Not thread-safe. */
final class ZipOfFiles implements LongAnswer.Source {
  private static final int PART_BYTES = 1 << 18;

  private final ScratchDirectory directory;
  private final Iterator<Path> files;
  private final ByteArrayOutputStream made = new ByteArrayOutputStream(2 * PART_BYTES);
  private final ZipOutputStream zip = new ZipOutputStream(made);
  private final byte[] bytes = new byte[1 << 16];
  private @Nullable InputStream open;
  private boolean finished;

  /** Closing it closes the directory. */
  ZipOfFiles(ScratchDirectory directory) {
    this.directory = directory;
    this.files = filesOf(directory.content()).iterator();
    // Codes don't get smaller.
    zip.setLevel(Deflater.NO_COMPRESSION);
  }

  private static List<Path> filesOf(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ByteBuffer next() {
    made.reset();
    try {
      while (made.size() < PART_BYTES && !finished) {
        goOn();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(made.toByteArray());
  }

  private void goOn() throws IOException {
    InputStream file = open;
    if (file != null) {
      int read = file.read(bytes);
      if (read >= 0) {
        zip.write(bytes, 0, read);
        return;
      }
      file.close();
      open = null;
      zip.closeEntry();
    } else if (files.hasNext()) {
      Path next = files.next();
      zip.putNextEntry(new ZipEntry(nameOf(next)));
      open = Files.newInputStream(next);
    } else {
      zip.finish();
      finished = true;
    }
  }

  private String nameOf(Path file) {
    return directory.content().relativize(file).toString().replace('\\', '/');
  }

  @Override
  public void close() {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      directory.close();
    }
  }
}
