package io.memryx.bench.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CollectionsCommandTest {
  @TempDir private Path directory;
  private final StringWriter errors = new StringWriter();

  private int run(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--out", directory.resolve("out").toString(), "--dimension", "4"));
    arguments.addAll(List.of(more));
    return new CommandLine(new CollectionsCommand())
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(errors))
        .setExecutionExceptionHandler(
            (failure, command, _) -> {
              command.getErr().println(failure.getMessage());
              return 1;
            })
        .execute(arguments.toArray(String[]::new));
  }

  private String report() throws IOException {
    return Files.readString(directory.resolve("out").resolve("collections.md"));
  }

  @Test
  void collections_fewOfThem_measuresEveryFigure() throws IOException {
    assertEquals(0, run("--count", "3", "--stored", "2", "--opens", "2"), errors::toString);
    for (String figure :
        new String[] {
          "| create, all | 3 in memory, 0 entries each |",
          "| heap, each | 3 in memory, 10 entries each |",
          "| create and build, median | 2 stored, 10 entries each |",
          "| drop, median |",
          "| names, each | 2 stored, 10 entries each | ",
          "| open, all, time 2 |"
        }) {
      assertTrue(report().contains(figure), report());
    }
    assertEquals(
        3 * 2 + 2 + 2 + 2 * 2,
        Files.readAllLines(directory.resolve("out").resolve("collections.jsonl")).size());
  }

  @Test
  void collections_keptStore_isOpenedTheNextTime() throws IOException {
    String store = directory.resolve("store").toString();
    assertEquals(0, run("--count", "0", "--stored", "2", "--store", store), errors::toString);
    assertEquals(0, run("--count", "0", "--stored", "2", "--store", store), errors::toString);
    assertFalse(report().contains("create"), report());
    assertTrue(report().contains("| open, all, time 1 |"), report());
    assertEquals(1, run("--count", "0", "--stored", "3", "--store", store));
    assertTrue(errors.toString().contains("give --stored 2"), errors::toString);
  }

  @Test
  void collections_noEntries_isWrongUsage() {
    assertEquals(2, run("--entries", "0"));
    assertTrue(errors.toString().contains("--entries"), errors::toString);
  }
}
