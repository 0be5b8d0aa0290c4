package io.memryx.bench.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Texts out of the Javadoc of well-known libraries: the first sentences of comments are searched,
 * and sentences behind {@code @return} and {@code @throws} are what is searched for: of the same
 * subjects, in other words, and never a text that is searched.
 */
final class JavadocSet {
  /** Shorter ones, such as "the name", say nothing. */
  private static final int SHORTEST_WORDS = 4;

  /** Longer ones are lists or licences without a full stop. */
  private static final int LONGEST_CHARACTERS = 1000;

  private final Map<String, String> sourceOfText = new LinkedHashMap<>();
  private final Set<String> details = new LinkedHashSet<>();

  private JavadocSet() {}

  /**
   * Reads the sources in the jars of a folder, in order of name.
   *
   * @param texts texts wanted, drawn without order if there are more
   * @param queries queries wanted, drawn likewise
   */
  static TextSet read(Path folder, int texts, int queries, long seed) throws IOException {
    var found = new JavadocSet();
    for (Path jar : jars(folder)) {
      found.addJar(jar);
    }
    List<String> held = new ArrayList<>(found.details);
    held.removeIf(found.sourceOfText::containsKey);
    if (found.sourceOfText.size() < texts || held.size() < queries) {
      throw new IOException(
          "%s has %d texts and %d queries: expected at least %d and %d"
              .formatted(folder, found.sourceOfText.size(), held.size(), texts, queries));
    }
    List<String> kept = Draw.of(List.copyOf(found.sourceOfText.keySet()), texts, seed);
    return new TextSet(
        kept,
        kept.stream().map(found.sourceOfText::get).toList(),
        Draw.of(held, queries, seed),
        Optional.empty());
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith("-sources.jar"))
          .sorted(Comparator.comparing(file -> String.valueOf(file.getFileName())))
          .toList();
    }
  }

  private void addJar(Path jar) throws IOException {
    String name = String.valueOf(jar.getFileName()).replace("-sources.jar", "");
    try (var zip = new ZipFile(jar.toFile())) {
      List<? extends ZipEntry> sources =
          zip.stream()
              .filter(entry -> entry.getName().endsWith(".java"))
              .sorted(Comparator.comparing(ZipEntry::getName))
              .toList();
      for (ZipEntry entry : sources) {
        String source =
            new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
        for (String comment : JavadocComments.of(source)) {
          add(JavadocText.of(comment), name + "/" + entry.getName());
        }
      }
    }
  }

  private void add(JavadocText text, String source) {
    if (says(text.summary())) {
      sourceOfText.putIfAbsent(text.summary(), source);
    }
    text.details().stream().filter(JavadocSet::says).forEach(details::add);
  }

  private static boolean says(String text) {
    // What ends in a semicolon is code, quoted by a generator.
    return text.length() <= LONGEST_CHARACTERS
        && text.split(" ", -1).length >= SHORTEST_WORDS
        && !text.endsWith(";");
  }
}
