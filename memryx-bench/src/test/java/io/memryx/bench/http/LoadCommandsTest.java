package io.memryx.bench.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands that put a server under load say of arguments that they can't use. */
final class LoadCommandsTest {
  @TempDir private Path out;
  private final StringWriter errors = new StringWriter();

  private int run(Callable<Integer> command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(errors))
        .execute(arguments);
  }

  @Test
  void soak_tooShortForItsReadings_saysWhatToChange() {
    assertEquals(2, run(new SoakCommand(), "--out", out.toString(), "--minutes", "1"));
    assertTrue(errors.toString().contains("--finalize-seconds"), errors::toString);
  }

  @Test
  void soak_fewEntries_isWrongUsage() {
    assertEquals(2, run(new SoakCommand(), "--out", out.toString(), "--entries", "999"));
    assertTrue(errors.toString().contains("--entries"), errors::toString);
  }

  @Test
  void layer_noSeconds_isWrongUsage() {
    String data = out.toString();
    assertEquals(
        2, run(new LayerCommand(), "--out", out.toString(), "--data", data, "--seconds", "0"));
    assertTrue(errors.toString().contains("more than 0"), errors::toString);
  }

  @Test
  void fairness_noAdds_isWrongUsage() {
    assertEquals(2, run(new FairnessCommand(), "--out", out.toString(), "--greedy-adds", "0"));
    assertTrue(errors.toString().contains("more than 0"), errors::toString);
  }
}
