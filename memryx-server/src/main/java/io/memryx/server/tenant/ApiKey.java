package io.memryx.server.tenant;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key as this server makes it: {@code mrx_<id>_<secret>}. Its text as an object never shows the
 * secret.
 *
 * @param id 12 letters of base 62, by which it is looked up and told of
 * @param secret 43 letters of base 62, which carry 256 bits
 */
public record ApiKey(String id, String secret) {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int ID_LETTERS = 12;
  private static final int SECRET_LETTERS = 43;
  private static final Pattern FORM =
      Pattern.compile(
          "mrx_([0-9A-Za-z]{%d})_([0-9A-Za-z]{%d})".formatted(ID_LETTERS, SECRET_LETTERS));

  /** A new one that nobody can guess. */
  public static ApiKey make(SecureRandom random) {
    return new ApiKey(letters(ID_LETTERS, random), letters(SECRET_LETTERS, random));
  }

  private static String letters(int count, SecureRandom random) {
    StringBuilder letters = new StringBuilder(count);
    for (int letter = 0; letter < count; letter++) {
      letters.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return letters.toString();
  }

  /** A text as a key, or empty if it has not the form of one. */
  public static Optional<ApiKey> parse(String text) {
    Matcher parts = FORM.matcher(text);
    return parts.matches()
        ? Optional.of(new ApiKey(parts.group(1), parts.group(2)))
        : Optional.empty();
  }

  /** What the caller sends. */
  public String text() {
    return "mrx_" + id + "_" + secret;
  }

  @Override
  public String toString() {
    return "mrx_" + id + "_***";
  }
}
