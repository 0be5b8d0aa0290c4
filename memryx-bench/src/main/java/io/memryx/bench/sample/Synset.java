package io.memryx.bench.sample;

import java.util.List;
import java.util.Locale;

/**
 * A set of words that share one meaning in WordNet.
 *
 * @param partOfSpeech noun, verb, adj or adv
 * @param words the words, the usual one first, with spaces
 * @param sense which meaning of its first word this is, 1 the most usual
 */
record Synset(String partOfSpeech, List<String> words, int sense) {

  Synset {
    words = List.copyOf(words);
    if (words.isEmpty() || sense < 1) {
      throw new IllegalArgumentException("words " + words + ", sense " + sense);
    }
  }

  /** A readable name, unique in WordNet: {@code dog.noun}, or {@code bank.noun.2}. */
  String id() {
    return id(words.getFirst(), partOfSpeech, sense);
  }

  /** The name of a word's meaning. */
  static String id(String word, String partOfSpeech, int sense) {
    return indexForm(word) + "." + partOfSpeech + (sense == 1 ? "" : "." + sense);
  }

  /** A word as WordNet's index spells it. */
  static String indexForm(String word) {
    return word.toLowerCase(Locale.ROOT).replace(' ', '_');
  }
}
