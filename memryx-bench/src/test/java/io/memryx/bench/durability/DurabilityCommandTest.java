package io.memryx.bench.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

final class DurabilityCommandTest {
  @TempDir private Path directory;
  private final StringWriter errors = new StringWriter();

  private int run(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--out", directory.resolve("out").toString(), "--dimension", "4"));
    arguments.addAll(List.of(more));
    return new CommandLine(new DurabilityCommand())
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(errors))
        .execute(arguments.toArray(String[]::new));
  }

  @Test
  void durability_aLittle_measuresEveryFigure() throws IOException {
    assertEquals(
        0, run("--seconds", "0.001", "--replayed", "5000", "--built", "5000"), errors::toString);
    String markdown = Files.readString(directory.resolve("out").resolve("durability.md"));
    for (String figure :
        new String[] {
          "| upserts | FSYNC, batches of 1, clients 1 |",
          "| upserts | ASYNC, batches of 1,000, clients 16 |",
          "| upsert call, p99 | OFF, batches of 100, clients 16 |",
          "| replay | 5,000 entries, never built |",
          "| open | 5,000 entries, LOSSLESS |"
        }) {
      assertTrue(markdown.contains(figure), markdown);
    }
  }

  @Test
  void durability_noEntries_isWrongUsage() {
    assertEquals(2, run("--built", "0"));
    assertTrue(errors.toString().contains("--built"), errors::toString);
  }
}
