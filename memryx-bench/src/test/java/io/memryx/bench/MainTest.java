package io.memryx.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"sweep", "http", "sample"})
  void help_everyCommand_isPrinted(String command) {
    assertEquals(0, run(command, "--help"));
    assertTrue(output.toString().contains("bench " + command), output::toString);
    assertTrue(output.toString().contains("--data=DIR"), output::toString);
  }

  @Test
  void help_ofBench_listsTheCommands() {
    assertEquals(0, run("--help"));
    for (String command : new String[] {"jmh", "sweep", "http", "sample"}) {
      assertTrue(output.toString().contains("  " + command), output::toString);
    }
  }

  @Test
  void noCommand_isWrongUsage() {
    assertEquals(2, run());
    assertTrue(errors.toString().contains("a command is missing"), errors::toString);
  }

  @Test
  void unknownOption_isWrongUsage() {
    assertEquals(2, run("sweep", "--data", "x", "--speed", "9"));
  }

  @Test
  void missingData_oneLineThatSaysWhatIsExpected() {
    assertEquals(1, run("sweep", "--data", "no-such-directory"));
    assertTrue(errors.toString().startsWith("bench: NoSuchFile: no-such-directory: missing: "));
    assertEquals(1, errors.toString().lines().count());
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .execute(arguments);
  }
}
