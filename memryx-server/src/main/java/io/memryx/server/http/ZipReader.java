package io.memryx.server.http;

import io.memryx.server.problem.Printable;
import io.memryx.server.service.ScratchDirectory;
import io.memryx.server.service.TenantBackups;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the zip of a backup into a directory. Nothing gets anywhere else: names that are not those
 * of a backup's files are refused.
 */
final class ZipReader {
  /** The list, or a file of a collection. No part can be {@code ..}. */
  private static final Pattern NAME =
      Pattern.compile("BACKUP|[a-z0-9_.-]{1,40}-[0-9a-f]{8}/[A-Za-z][A-Za-z0-9_.-]{0,63}");

  private static final int MAX_FILES = 1_000_000;

  private final ZipInputStream zip;
  private final Path directory;
  private final byte[] bytes = new byte[1 << 16];

  /** Reads a body into a directory that is not there. */
  ZipReader(InputStream body, Path directory) {
    this.zip = new ZipInputStream(body);
    this.directory = directory;
  }

  /** Reads all files; what follows the last one is passed over. */
  void read() {
    int files = 0;
    try {
      Files.createDirectories(directory);
      for (ZipEntry entry = nextEntry(); entry != null; entry = nextEntry()) {
        if (!NAME.matcher(entry.getName()).matches() || ++files > MAX_FILES) {
          throw TenantBackups.badBackup(
              "it has a file '%s'".formatted(Printable.of(entry.getName())));
        }
        write(directory.resolve(entry.getName()));
      }
    } catch (FileAlreadyExistsException e) {
      throw TenantBackups.badBackup("it has a file twice");
    } catch (IOException e) {
      throw ScratchDirectory.unusable(e);
    }
    if (files == 0) {
      throw TenantBackups.badBackup("it is no zip");
    }
  }

  /** Damage to the zip is the sender's, a failure to write is the server's. */
  private @Nullable ZipEntry nextEntry() {
    try {
      return zip.getNextEntry();
    } catch (ZipException | IllegalArgumentException e) {
      throw TenantBackups.badBackup("it is no sound zip");
    } catch (IOException e) {
      throw BodyStream.toProblem(e);
    }
  }

  private void write(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      for (int read = readBytes(); read >= 0; read = readBytes()) {
        out.write(bytes, 0, read);
      }
    }
  }

  private int readBytes() {
    try {
      return zip.read(bytes);
    } catch (ZipException | EOFException e) {
      throw TenantBackups.badBackup("it is no sound zip");
    } catch (IOException e) {
      throw BodyStream.toProblem(e);
    }
  }
}
