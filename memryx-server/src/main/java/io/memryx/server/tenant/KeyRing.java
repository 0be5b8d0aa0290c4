package io.memryx.server.tenant;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The registered keys, as salted hashes. Immutable.
 *
 * <p>A key is looked up by its HMAC under a salt that is drawn anew in every process: how long a
 * look-up takes depends on hashes that nobody outside can predict, so it tells nothing about a key.
 * Keys are random enough that no slow hash is needed.
 */
public final class KeyRing {
  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] salt = new byte[32];
  private final Map<String, Slot> slots = new HashMap<>();

  /** Hashes the keys; the texts are not kept. */
  public KeyRing(List<RegisteredKey> keys, @Nullable String administratorKey, SecureRandom random) {
    random.nextBytes(salt);
    for (RegisteredKey key : keys) {
      put(key.key(), Caller.OfTenant.withAllScopes(key.tenant()));
    }
    if (administratorKey != null) {
      put(administratorKey, new Caller.Administrator());
    }
  }

  private void put(String key, Caller caller) {
    byte[] hash = hash(key);
    slots.put(HexFormat.of().formatHex(hash), new Slot(hash, caller));
  }

  /** Whose key this is, or empty if nobody's. */
  public Optional<Caller> find(String key) {
    byte[] hash = hash(key);
    Slot slot = slots.get(HexFormat.of().formatHex(hash));
    return slot != null && MessageDigest.isEqual(slot.hash, hash)
        ? Optional.of(slot.caller)
        : Optional.empty();
  }

  private byte[] hash(String key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(salt, ALGORITHM));
      return mac.doFinal(key.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** What is known of one key. */
  private static final class Slot {
    private final byte[] hash;
    private final Caller caller;

    Slot(byte[] hash, Caller caller) {
      this.hash = hash;
      this.caller = caller;
    }
  }
}
