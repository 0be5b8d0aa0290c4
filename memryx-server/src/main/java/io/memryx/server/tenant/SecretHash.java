package io.memryx.server.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What is kept of a secret: a salt, and SHA-256 of the salt and the secret. Secrets have 256 random
 * bits, so that nothing slower is needed. Immutable.
 */
public final class SecretHash {
  private static final int SALT_BYTES = 16;
  private static final HexFormat HEX = HexFormat.of();

  /** Of no secret: what those are compared with that nobody has. */
  static final SecretHash OF_NOTHING = new SecretHash(new byte[SALT_BYTES], new byte[32]);

  private final byte[] salt;
  private final byte[] hash;

  private SecretHash(byte[] salt, byte[] hash) {
    this.salt = salt;
    this.hash = hash;
  }

  /** Of a secret, with a salt of its own. */
  public static SecretHash of(String secret, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new SecretHash(salt, digest(salt, secret));
  }

  /** As {@link #text} wrote it. */
  public static SecretHash ofText(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not a salt and a hash");
    }
    return new SecretHash(
        HEX.parseHex(text, 0, colon), HEX.parseHex(text, colon + 1, text.length()));
  }

  /** Salt and hash, to be kept. */
  public String text() {
    return HEX.formatHex(salt) + ":" + HEX.formatHex(hash);
  }

  /** Whether it is of this secret; takes as long for every secret of one length. */
  public boolean matches(String secret) {
    return MessageDigest.isEqual(hash, digest(salt, secret));
  }

  private static byte[] digest(byte[] salt, String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      return digest.digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
