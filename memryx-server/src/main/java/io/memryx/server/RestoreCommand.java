package io.memryx.server;

import io.memryx.persistence.StoreRestore;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memryx restore}. */
@Command(
    name = "restore",
    description =
        "Makes a store from a backup, a store's directory, or a copied snapshot_latest.mrx.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "SOURCE is checked first, and only read. DIR appears when it is complete, or not at all.",
      "A copied snapshot gives its collection as it was when it was saved: adds since are not in it.",
      "",
      "Exit codes: 0 restored, 1 unexpected failure, 2 wrong command line, nothing to restore from, or",
      "DIR is taken, 3 storage unusable, full, in use or damaged."
    })
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = "a backup, the directory of a store that nobody has open, or a snapshot file")
  private Path source = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description = "a directory that is not there, or is empty")
  private Path directory = Path.of("");

  @Option(names = "--json", description = "one JSON document instead of text")
  private boolean json;

  @Override
  public Integer call() {
    int code =
        new CopyCommand(spec, "restored")
            .run(
                progress -> StoreRestore.restore(source, directory, progress),
                json ? CopyCommand.Form.JSON : CopyCommand.Form.TEXT);
    if (code == ExitCode.OK && Files.isRegularFile(source)) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("memryx: this was one snapshot: what was added after it was saved is not in it");
      err.flush();
    }
    return code;
  }
}
