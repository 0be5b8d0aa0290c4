package io.memryx.server.tenant;

import java.security.SecureRandom;

/**
 * A tenant's key as the environment gives it. Its text never shows the key.
 *
 * @param tenant whose key
 * @param key the secret
 */
public record RegisteredKey(TenantId tenant, String key) {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** 43 of 62 letters carry 256 bits. */
  private static final int RANDOM_LETTERS = 43;

  /** A new secret that nobody can guess, recognisable by its beginning. */
  public static String newSecret(SecureRandom random) {
    StringBuilder secret = new StringBuilder("mrx_");
    for (int letter = 0; letter < RANDOM_LETTERS; letter++) {
      secret.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return secret.toString();
  }

  @Override
  public String toString() {
    return tenant + "=***";
  }
}
