package io.memryx.server;

import io.memryx.Filter;
import io.memryx.VectorCollection;
import io.memryx.server.exchange.ExchangeException;
import io.memryx.server.exchange.Export;
import io.memryx.server.exchange.ProgressBar;
import io.memryx.server.exchange.RemoteServer;
import io.memryx.server.http.FilterJson;
import io.memryx.server.problem.ProblemException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memryx export}. */
@Command(
    name = "export",
    description = "Writes the entries of a collection, in order of id, as lines of JSON.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Import takes the lines back. Vectors are exact where the collection keeps them; where it",
      "keeps codes only, a line has \"approximate\": true and what the code stands for.",
      "A file appears under its name only when it is complete.",
      "",
      "Exit codes: 0 exported, 1 unexpected failure, 2 wrong command line or no such collection,",
      "3 storage unusable or damaged, 5 the file can't be written, 6 the server refuses or can't be",
      "reached."
    })
final class ExportCommand implements Callable<Integer> {
  private static final int BUFFER_BYTES = 1 << 16;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private CollectionPlace place = new CollectionPlace();

  @Option(
      names = "--filter",
      paramLabel = "JSON",
      description = "only entries that pass, such as '{\"year\":{\"gte\":2000}}'")
  private @Nullable String filter;

  @Parameters(paramLabel = "FILE", description = "where to write; '-' is standard output")
  private String file = "";

  @Override
  public Integer call() {
    return Outcome.of(this::run, spec.commandLine().getErr());
  }

  private void run() throws IOException, ExchangeException {
    Filter parsed = filter == null ? null : parse(filter);
    if (file.equals("-")) {
      // Not System.out, which swallows failures such as a closed pipe.
      try (OutputStream out = buffered(new FileOutputStream(FileDescriptor.out))) {
        String report = export(out, parsed);
        spec.commandLine().getErr().println(report);
        spec.commandLine().getErr().flush();
      }
      return;
    }
    Path target = Path.of(file);
    Path part = Path.of(file + ".part");
    try (var _ = Interruption.does(() -> deleted(part))) {
      String report;
      try (OutputStream out = buffered(Files.newOutputStream(part))) {
        report = export(out, parsed);
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      spec.commandLine().getOut().println(report);
      spec.commandLine().getOut().flush();
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static Filter parse(String json) throws ExchangeException {
    try {
      return FilterJson.parse(json);
    } catch (ProblemException e) {
      throw new ExchangeException(
          ExchangeException.Kind.USAGE,
          "--filter: %s: %s".formatted(e.problem().detail(), e.problem().hint()));
    }
  }

  private static OutputStream buffered(OutputStream out) {
    return new BufferedOutputStream(out, BUFFER_BYTES);
  }

  private void deleted(Path part) {
    PrintWriter err = spec.commandLine().getErr();
    err.println();
    try {
      Files.deleteIfExists(part);
      err.println("memryx: interrupted: nothing was exported");
    } catch (IOException e) {
      err.println("memryx: interrupted: %s is incomplete".formatted(part));
    }
    err.flush();
  }

  private String export(OutputStream out, @Nullable Filter parsed)
      throws IOException, ExchangeException {
    var export = new Export(out, ProgressBar.on(spec.commandLine().getErr()));
    Optional<RemoteServer> server = place.server();
    if (server.isPresent()) {
      try (RemoteServer client = server.get()) {
        return export.of(client, place.name(), filter);
      }
    }
    if (!place.storeIsThere()) {
      throw new ExchangeException(
          ExchangeException.Kind.USAGE, "the store's directory is not there");
    }
    try (CollectionPlace.OpenStore store = place.store()) {
      return export.of(collection(store), parsed);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private VectorCollection collection(CollectionPlace.OpenStore store) throws ExchangeException {
    Optional<VectorCollection> found = store.collections().find(place.name());
    if (found.isEmpty()) {
      throw new ExchangeException(
          ExchangeException.Kind.USAGE,
          "the store has no collection '%s'; it has: %s"
              .formatted(
                  place.name(),
                  String.join(
                      ", ",
                      store.collections().collections().stream()
                          .map(VectorCollection::name)
                          .toList())));
    }
    return found.get();
  }
}
