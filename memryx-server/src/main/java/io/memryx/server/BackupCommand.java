package io.memryx.server;

import io.memryx.persistence.StoreBackup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code memryx backup}. */
@Command(
    name = "backup",
    description = "Copies a store with everything that was acknowledged. A server may be running.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "DEST appears when it is complete, durable and read back; if something fails, it does not.",
      "Snapshots are linked where both are on one file system: copy DEST to another",
      "machine or volume, for a disk that fails takes both.",
      "",
      "Exit codes: 0 backed up, 1 unexpected failure, 2 wrong command line, no store, or DEST is taken,",
      "3 storage unusable, full or damaged."
    })
final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "the store's directory (STORAGE_PATH); only read")
  private Path store = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "DEST",
      description = "a directory that is not there, or is empty")
  private Path destination = Path.of("");

  @Option(names = "--json", description = "one JSON document instead of text")
  private boolean json;

  @Override
  public Integer call() {
    return new CopyCommand(spec, "backed up")
        .run(
            progress -> StoreBackup.backup(store, destination, progress),
            json ? CopyCommand.Form.JSON : CopyCommand.Form.TEXT);
  }
}
