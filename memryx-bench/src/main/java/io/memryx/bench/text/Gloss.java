package io.memryx.bench.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What WordNet says about a synset: definitions and examples in quotation marks, between
 * semicolons.
 *
 * @param definition the definitions, joined by "; "
 * @param examples what is quoted at the beginning of the other parts, without what follows
 *     (authors)
 */
record Gloss(String definition, List<String> examples) {
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final Pattern QUOTED = Pattern.compile("^\"([^\"]*)\"");

  Gloss {
    examples = List.copyOf(examples);
  }

  /** Takes a gloss apart. */
  static Gloss of(String text) {
    List<String> definitions = new ArrayList<>();
    List<String> examples = new ArrayList<>();
    for (String part : parts(text)) {
      if (!part.startsWith("\"")) {
        definitions.add(part);
        continue;
      }
      Matcher quoted = QUOTED.matcher(part);
      if (quoted.find() && !quoted.group(1).isBlank()) {
        examples.add(quoted.group(1).strip());
      }
    }
    return new Gloss(String.join("; ", definitions), examples);
  }

  /** Splits at semicolons that are not in quotation marks; single spaces, nothing empty. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || (text.charAt(i) == ';' && !quoted)) {
        String part = SPACE.matcher(text.substring(start, i)).replaceAll(" ").strip();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        start = i + 1;
      } else if (text.charAt(i) == '"') {
        quoted = !quoted;
      }
    }
    return parts;
  }
}
