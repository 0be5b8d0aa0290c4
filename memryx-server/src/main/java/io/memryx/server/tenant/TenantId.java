package io.memryx.server.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a tenant: 1 to 63 of {@code a-z 0-9 _ -}, the first a letter or a digit.
 *
 * @param value the name
 */
public record TenantId(String value) implements Comparable<TenantId> {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  /** What the ids of tenants that nobody registered begin with. */
  static final String OPEN_PREFIX = "open-";

  /** Enough of a hash that nobody finds a second key for a tenant: 128 bits. */
  private static final int OPEN_HASH_BYTES = 16;

  /** Refuses what is not a name. */
  public TenantId {
    if (!isName(value)) {
      throw new IllegalArgumentException(
          "'%s' is not a tenant name: use 1 to 63 of a-z, 0-9, '_' and '-'".formatted(value));
    }
  }

  /** Whether a text can be a tenant's name. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Whether a name is kept for the tenants of {@link AuthMode#OPEN}. */
  public static boolean isReserved(String name) {
    return name.startsWith(OPEN_PREFIX);
  }

  /** The tenant of a key that nobody registered; the key can't be found out from it. */
  public static TenantId ofOpenKey(String key) {
    byte[] hash = sha256("memryx open tenant\0" + key);
    return new TenantId(OPEN_PREFIX + HexFormat.of().formatHex(hash, 0, OPEN_HASH_BYTES));
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
