package io.memryx.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Metadata;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README's Java example: what it says is what is compiled and run here. */
class ReadmeExampleTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path THIS_TEST =
      Path.of("src/test/java/io/memryx/persistence/ReadmeExampleTest.java");

  @Test
  void example_run_printsTheNearest(@TempDir Path directory) {
    var printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      example(directory.toString());
    } finally {
      System.setOut(out);
    }
    assertEquals("cat", printed.toString(StandardCharsets.UTF_8).strip());
  }

  @Test
  void example_inReadme_isTheOneCompiledHere() throws IOException {
    String compiled =
        between(Files.readString(THIS_TEST), "\n    // README {\n", "\n    // } README\n");
    String shown = between(Files.readString(README), "```java", "```");
    assertEquals(words(shown), words(compiled));
    assertTrue(shown.strip().lines().count() <= 12, "the example is to stay short");
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from) + from.length();
    return text.substring(start, text.indexOf(to, start));
  }

  /** Line breaks and the directory's name are free. */
  private static String words(String code) {
    return code.replace("\"animals-data\"", "data").replaceAll("\\s+", "");
  }

  private static void example(String data) {
    // README {
    try (VectorStore store = DurableVectorStore.open(Path.of(data))) {
      VectorCollection animals = store.collection("animals", CollectionOptions.of(3));
      animals.upsert(
          List.of(
              Entry.of("cat", new float[] {0.9f, 0.1f, 0.0f}, Metadata.of("text", "purrs")),
              Entry.of("fish", new float[] {0.0f, 0.2f, 0.9f}, Metadata.of("text", "swims"))));
      animals.build(BuildRequest.defaults()); // clusters, encodes, saves a snapshot
      var purring =
          SearchRequest.of(new float[] {1f, 0f, 0f}, 1).withFilter(Filter.eq("text", "purrs"));
      System.out.println(animals.search(purring).neighbors().getFirst().id()); // cat
    }
    // } README
  }
}
