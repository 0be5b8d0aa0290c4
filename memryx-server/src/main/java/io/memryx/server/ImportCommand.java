package io.memryx.server;

import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.server.exchange.EntrySource;
import io.memryx.server.exchange.EntryTarget;
import io.memryx.server.exchange.EntryTarget.OnError;
import io.memryx.server.exchange.ExchangeException;
import io.memryx.server.exchange.Import;
import io.memryx.server.exchange.OptionsWanted;
import io.memryx.server.exchange.ProgressBar;
import io.memryx.server.exchange.RemoteServer;
import io.memryx.server.exchange.ServerTarget;
import io.memryx.server.exchange.StoreTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memryx import}. */
@Command(
    name = "import",
    description = "Upserts the entries of a file into a collection, which is made if need be.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "FILE is .ndjson or .jsonl with one {\"id\",\"values\",\"metadata\"} a line, as export writes",
      "it; .fvecs; or .npy with rows of float32 or float16; '-' reads lines from standard input.",
      "Every 1,000 entries are one batch, applied as a whole: an import that fails leaves the",
      "batches before it, and may be run again. Into a store, the index is built at the end.",
      "",
      "Exit codes: 0 imported (with --on-error skip maybe without some), 1 unexpected failure,",
      "2 wrong command line or a collection with other options, 3 storage unusable or damaged,",
      "5 the file or an entry in it is unusable, 6 the server refuses or can't be reached."
    })
final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "what to import")
  private String file = "";

  @Mixin private CollectionPlace place = new CollectionPlace();

  @Option(
      names = "--ids",
      paramLabel = "FILE",
      description = "ids of the vectors of an .fvecs or .npy file, one a line (default: 0, 1, …)")
  private @Nullable Path ids;

  @Option(
      names = "--metric",
      description = "of a new collection: ${COMPLETION-CANDIDATES} (default: cosine)")
  private @Nullable Metric metric;

  @Option(
      names = "--compression",
      description = "of a new collection: ${COMPLETION-CANDIDATES} (default: compact)")
  private @Nullable Compression compression;

  @Option(
      names = "--on-error",
      defaultValue = "fail",
      description = "what a faulty entry does: ${COMPLETION-CANDIDATES} (default: fail)")
  private OnError onError = OnError.FAIL;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    return Outcome.of(this::run, err);
  }

  private void run() throws IOException, ExchangeException {
    var wanted = new OptionsWanted(place.name(), metric, compression);
    try (EntrySource source = EntrySource.open(file, ids)) {
      Optional<RemoteServer> server = place.server();
      if (server.isPresent()) {
        try (RemoteServer client = server.get()) {
          run(
              source,
              new ServerTarget(client, wanted, UUID.randomUUID().toString()),
              "interrupted: what was sent so far is in the collection; importing again replaces it");
        }
      } else {
        try (CollectionPlace.OpenStore store = place.store()) {
          run(
              source,
              new StoreTarget(store.collections(), wanted),
              "interrupted: the store is as it was, unless the import had just ended");
        }
      }
    }
  }

  private void run(EntrySource source, EntryTarget target, String ifInterrupted)
      throws IOException, ExchangeException {
    PrintWriter err = spec.commandLine().getErr();
    ProgressBar bar = ProgressBar.on(err);
    var work =
        new Import(source, target, onError, bar, complaint -> err.println("memryx: " + complaint));
    try (var _ = Interruption.does(() -> tell(err, ifInterrupted))) {
      String report = work.run();
      spec.commandLine().getOut().println(report);
      spec.commandLine().getOut().flush();
    } finally {
      err.flush();
    }
  }

  private static void tell(PrintWriter err, String message) {
    err.println();
    err.println("memryx: " + message);
    err.flush();
  }
}
