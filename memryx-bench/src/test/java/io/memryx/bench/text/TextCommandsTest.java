package io.memryx.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.dataset.Dataset;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class TextCommandsTest {
  @TempDir private Path directory;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @Test
  void wordnet_smallLexicon_makesAWholeSet() throws IOException {
    Path made = directory.resolve("made");

    assertEquals(0, wordnet("--out", made.toString()));

    Dataset set = Dataset.open(made);
    assertEquals(List.of("a thing", "a being; it lives", "to move", "red", "fast"), set.texts());
    assertEquals("noun-00000002", set.sourceIds().get(1));
    assertEquals(
        List.of("a thing of beauty", "it lives and moves"),
        Files.readAllLines(made.resolve("queries.txt")));
    assertEquals(List.of("0", "1"), Files.readAllLines(made.resolve("qrels.txt")));
    assertEquals(5, set.truth().width());
    assertTrue(Files.readString(made.resolve("README.md")).startsWith("# 5 x 2: WordNet's"));
  }

  @Test
  void wordnet_checkOfTheSame_holds() throws IOException {
    Path made = directory.resolve("made");
    wordnet("--out", made.toString());

    assertEquals(
        0,
        wordnet(
            "--out",
            directory.resolve("again").toString(),
            "--queries",
            made.resolve("queries.txt").toString(),
            "--check",
            made.toString()));
    assertTrue(
        output.toString().contains("base: 5 of 5 vectors equal in every component"),
        output::toString);
  }

  @Test
  void wordnet_checkOfAnotherText_fails() throws IOException {
    Path made = directory.resolve("made");
    wordnet("--out", made.toString());
    List<String> texts = Files.readAllLines(made.resolve("docs.txt"));
    Files.write(made.resolve("docs.txt"), texts.reversed());

    assertEquals(
        1, wordnet("--out", directory.resolve("again").toString(), "--check", made.toString()));
    assertTrue(output.toString().contains("docs.txt: 4 of 5 lines differ"), output::toString);
  }

  @Test
  void wordnet_queryThatIsNoExample_isRefused() throws IOException {
    Path queries = Files.writeString(directory.resolve("queries.txt"), "not in there\n");

    assertEquals(
        1, wordnet("--out", directory.resolve("made").toString(), "--queries", queries.toString()));
    assertTrue(errors.toString().contains("'not in there' is no example"), errors::toString);
  }

  @Test
  void javadoc_smallSources_makesAWholeSet() throws IOException {
    Path sources = Files.createDirectories(directory.resolve("sources"));
    jar(
        sources.resolve("lib-1-sources.jar"),
        Map.of(
            "a/A.java",
            """
            package a;
            /** Holds what is counted here. @see B */
            class A {
              /** Counts what is here now. @return ignored
               * @return the number of counted things
               * @throws E if it can't be counted */
              int a;
              /** Too short. */ int b;
              /** optional uint32 number = 1; */ int c;
              /** Holds what is counted here. */ int d;
            }
            """));
    Path made = directory.resolve("made");

    assertEquals(
        0,
        run(
            new JavadocCommand(new LengthModel()),
            "--sources",
            sources.toString(),
            "--count",
            "2",
            "--queries",
            "2",
            "--out",
            made.toString()));

    assertEquals(
        List.of("Holds what is counted here", "Counts what is here now"),
        Dataset.open(made).texts());
    assertEquals(List.of("lib-1/a/A.java", "lib-1/a/A.java"), Dataset.open(made).sourceIds());
    assertEquals(
        List.of("the number of counted things", "if it can't be counted"),
        Files.readAllLines(made.resolve("queries.txt")));
  }

  private int wordnet(String... arguments) throws IOException {
    Path jar = directory.resolve("words.jar");
    jar(
        jar,
        Map.of(
            "x/data.noun",
            """
              1 licence | no
            00000001 03 n 01 thing 0 000 | a thing; "a thing of beauty"; "a thing"
            00000002 03 n 01 being 0 000 | a being;it  lives; "it lives and moves"
            """,
            "x/data.verb",
            "00000001 30 v 01 move 0 000 | to move; \"it lives and moves\"  \n",
            "x/data.adj",
            "00000001 00 a 01 red 0 000 | red  \n",
            "x/data.adv",
            "00000001 02 r 01 fast 0 000 | fast  \n"));
    String[] all = new String[arguments.length + 2];
    all[0] = "--words";
    all[1] = jar.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return run(new WordNetCommand(new LengthModel()), all);
  }

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              line.getErr().println(failure.getMessage());
              return 1;
            })
        .execute(arguments);
  }

  private static void jar(Path file, Map<String, String> entries) throws IOException {
    try (OutputStream bytes = Files.newOutputStream(file);
        var zip = new ZipOutputStream(bytes)) {
      for (var entry : new TreeMap<>(entries).entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
