package io.memryx.persistence.internal.file;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 digest. */
final class Sha256 {
  static final int BYTES = 32;

  private final byte[] digest;

  Sha256(byte[] digest) {
    if (digest.length != BYTES) {
      throw new IllegalArgumentException(digest.length + " bytes, expected " + BYTES);
    }
    this.digest = digest.clone();
  }

  static Sha256 of(byte[] bytes) {
    return new Sha256(algorithm().digest(bytes));
  }

  /** A digest under way. */
  static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  byte[] bytes() {
    return digest.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sha256 sha256 && Arrays.equals(digest, sha256.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest);
  }
}
