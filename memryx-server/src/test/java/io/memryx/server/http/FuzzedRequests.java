package io.memryx.server.http;

import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.OnError;
import io.memryx.server.service.Row;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All that reads what clients send, for a fuzzer. Whatever the bytes are, they are taken or refused
 * by a problem; everything else is a defect, and so is a reading that, written again, is another.
 */
public final class FuzzedRequests {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** In memory where there is such a place: a fuzzer makes very many. */
  private static final Path SCRATCH = scratch();

  private FuzzedRequests() {}

  /** What is fuzzed. */
  public enum Target {
    /** A document; the first byte says of which call. */
    DOCUMENT,
    /** A filter. */
    FILTER,
    /** A request target: path and query. */
    PATH,
    /** Entries, one a line. */
    LINES,
    /** A backup to be restored. */
    ZIP;

    /** The name of its inputs' directory. */
    public String inputs() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the input is taken. */
    public boolean takes(byte[] input) {
      try {
        switch (this) {
          case DOCUMENT -> readDocument(input);
          case FILTER -> readFilter(input);
          case PATH -> readPath(input);
          case LINES -> readLines(input);
          case ZIP -> readZip(input);
        }
        return true;
      } catch (ProblemException e) {
        requireTheSendersFault(e);
        return false;
      }
    }
  }

  private static void requireTheSendersFault(ProblemException refusal) {
    int status = refusal.problem().code().status();
    if (status < 400 || status >= 500) {
      throw new AssertionError("refused as if the server had failed", refusal);
    }
    requireDocument(ProblemAnswers.of(refusal.problem(), "fuzzed").body().duplicate());
  }

  /** What is told of it must be JSON, whatever was quoted. */
  private static void requireDocument(ByteBuffer told) {
    byte[] bytes = new byte[told.remaining()];
    told.get(bytes);
    int read =
        JsonReader.read(
            new ByteArrayInputStream(bytes),
            json -> {
              int tokens = 0;
              while (json.depth() > 0) {
                json.next();
                tokens++;
              }
              return tokens;
            });
    if (read == 0) {
      throw new AssertionError("nothing is told");
    }
  }

  // ---- documents

  private enum Document {
    ADD,
    SKIP,
    SEARCH,
    COLLECTION,
    DELETE,
    FINALIZE,
    RECALL,
    NEW_TENANT,
    TENANT,
    KEY
  }

  private static void readDocument(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Document kind = Document.values()[Math.floorMod(input[0], Document.values().length)];
    JsonReader.read(new ByteArrayInputStream(input, 1, input.length - 1), json -> read(kind, json));
  }

  private static Object read(Document kind, JsonReader json) {
    return switch (kind) {
      case ADD -> requireAllRead(AddDecoder.read(json, _ -> {}, OnError.FAIL));
      case SKIP -> AddDecoder.read(json, _ -> {}, OnError.SKIP);
      case SEARCH -> SearchDecoder.read(json, _ -> {});
      case COLLECTION -> CollectionDecoder.read(json, _ -> {});
      case DELETE -> DeleteDecoder.read(json, _ -> {});
      case FINALIZE -> FinalizeDecoder.read(json, _ -> {});
      case RECALL -> RecallDecoder.read(json, _ -> {});
      case NEW_TENANT -> TenantDecoder.readNew(json);
      case TENANT -> TenantDecoder.readChange(json);
      case KEY -> KeyDecoder.read(json, () -> NOW);
    };
  }

  private static List<Row> requireAllRead(List<Row> rows) {
    for (Row row : rows) {
      if (!(row instanceof Row.Read)) {
        throw new AssertionError("a faulty row passed: " + row);
      }
    }
    return rows;
  }

  // ---- filters

  private static void readFilter(byte[] input) {
    Filter filter = filter(input);
    byte[] written = Json.write(json -> FilterEncoder.write(json, filter));
    Optional<Filter> again = filterAgain(written);
    if (again.isPresent() && !again.get().equals(filter)) {
      throw new AssertionError(again + " should be " + filter);
    }
  }

  private static Filter filter(byte[] input) {
    return JsonReader.read(new ByteArrayInputStream(input), FilterDecoder::read);
  }

  /** Written out in full it may nest deeper than what was read, beyond what a document may. */
  private static Optional<Filter> filterAgain(byte[] written) {
    try {
      return Optional.of(filter(written));
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  // ---- paths

  private static void readPath(byte[] input) {
    String target = new String(input, StandardCharsets.ISO_8859_1);
    int question = target.indexOf('?');
    RequestPath path = RequestPath.of(question < 0 ? target : target.substring(0, question));
    for (String segment : path.segments()) {
      boolean harmless =
          !segment.isEmpty()
              && !segment.equals(".")
              && !segment.equals("..")
              && segment.chars().noneMatch(Character::isISOControl);
      if (!harmless) {
        throw new AssertionError("let through: " + path);
      }
    }
    path.refuseHiddenSeparators(Map.of());
    String joined = "/" + String.join("/", path.segments());
    if (joined.indexOf('\\') >= 0 || joined.indexOf(';') >= 0 || joined.contains("/../")) {
      throw new AssertionError("let through: " + path);
    }
    if (question >= 0) {
      Map<String, String> query = RequestPath.parameters(target.substring(question + 1));
      Hardening.refuseKeys(query);
    }
  }

  // ---- lines

  private static void readLines(byte[] input) {
    LineReader reader = new LineReader(new ByteArrayInputStream(input));
    EntryLines entries = new EntryLines();
    try {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        Entry entry = entries.read(line.get().bytes());
        requireSameAgain(entries, entry);
      }
    } catch (IOException e) {
      throw new AssertionError("no line is so long", e);
    }
    if (reader.bytesRead() != input.length) {
      throw new AssertionError("%d of %d bytes read".formatted(reader.bytesRead(), input.length));
    }
  }

  /** What is finite and has whole characters is written as it is read. */
  private static void requireSameAgain(EntryLines entries, Entry entry) {
    boolean plain =
        StandardCharsets.UTF_8.newEncoder().canEncode(entry.id() + entry.metadata().fields());
    for (float component : entry.vector()) {
      plain &= Float.isFinite(component);
    }
    if (plain && !entries.read(entries.write(entry)).equals(entry)) {
      throw new AssertionError("another entry when written: " + entry);
    }
  }

  // ---- zips

  private static void readZip(byte[] input) {
    Path parent;
    try {
      parent = Files.createTempDirectory(SCRATCH, "fuzzed-zip");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path inside = parent.resolve("inside");
    try {
      new ZipReader(new ByteArrayInputStream(input), inside).read();
    } finally {
      removeAll(parent, inside);
    }
  }

  private static Path scratch() {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir", "."));
  }

  private static void removeAll(Path parent, Path inside) {
    try (var files = Files.walk(parent)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(parent) && !file.startsWith(inside)) {
          throw new AssertionError("written beside its directory: " + file);
        }
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what a fuzzer calls; it finds one method by its name in a class

  /** Documents for a fuzzer. */
  public static final class Documents {
    private Documents() {}

    /** What a fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
      var ignored = Target.DOCUMENT.takes(input);
    }
  }

  /** Filters for a fuzzer. */
  public static final class Filters {
    private Filters() {}

    /** What a fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
      var ignored = Target.FILTER.takes(input);
    }
  }

  /** Paths for a fuzzer. */
  public static final class Paths {
    private Paths() {}

    /** What a fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
      var ignored = Target.PATH.takes(input);
    }
  }

  /** Lines for a fuzzer. */
  public static final class Lines {
    private Lines() {}

    /** What a fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
      var ignored = Target.LINES.takes(input);
    }
  }

  /** Zips for a fuzzer. */
  public static final class Zips {
    private Zips() {}

    /** What a fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
      var ignored = Target.ZIP.takes(input);
    }
  }
}
