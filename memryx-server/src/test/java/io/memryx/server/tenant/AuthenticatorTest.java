package io.memryx.server.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthenticatorTest {
  private static final TenantId ACME = new TenantId("acme");

  private final SecureRandom random = new SecureRandom();
  private final Map<String, IssuedKey> issued = new HashMap<>();
  private Instant now = Instant.parse("2026-11-23T00:00:00Z");
  private long nanos;
  private final Authenticator authenticator =
      new Authenticator(
          AuthMode.KEYS,
          new KeyRing(List.of(), null, random),
          id -> Optional.ofNullable(issued.get(id)),
          () -> now,
          () -> nanos);

  private ApiKey issue(Optional<Instant> expiresAt) {
    ApiKey key = ApiKey.make(random);
    Caller caller = new Caller.OfTenant(ACME, Set.of(Scope.READ));
    issued.put(
        key.id(),
        new IssuedKey(key.id(), caller, SecretHash.of(key.secret(), random), now, expiresAt));
    return key;
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private ProblemCode refused(String key, String from) {
    return assertThrows(
            ProblemException.class, () -> authenticator.authenticate(key, address(from)))
        .problem()
        .code();
  }

  @Test
  void key_issued_isItsTenants() {
    ApiKey key = issue(Optional.empty());
    assertEquals(
        new Caller.OfTenant(ACME, Set.of(Scope.READ)),
        authenticator.authenticate(key.text(), address("10.0.0.1")));
  }

  @Test
  void key_expired_isNobodys_fromThatMoment() {
    ApiKey key = issue(Optional.of(now.plusSeconds(10)));
    now = now.plusMillis(9_999);
    authenticator.authenticate(key.text(), address("10.0.0.1"));
    now = now.plusMillis(1);
    assertEquals(ProblemCode.UNAUTHENTICATED, refused(key.text(), "10.0.0.1"));
  }

  @Test
  void key_withAnothersSecret_isNobodys() {
    ApiKey key = issue(Optional.empty());
    ApiKey other = issue(Optional.empty());
    assertEquals(
        ProblemCode.UNAUTHENTICATED,
        refused(new ApiKey(key.id(), other.secret()).text(), "10.0.0.1"));
  }

  @Test
  void wrongKeys_areCountedByAddress_forAMinute() {
    ApiKey right = issue(Optional.empty());
    for (int attempt = 0; attempt < AuthFailures.MAX_A_MINUTE; attempt++) {
      assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "10.0.0.1"));
    }
    assertEquals(ProblemCode.TOO_MANY_AUTH_FAILURES, refused("wrong", "10.0.0.1"));
    assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "10.0.0.2"));
    authenticator.authenticate(right.text(), address("10.0.0.1"));
    nanos += Duration.ofMinutes(1).toNanos();
    assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "10.0.0.1"));
  }

  @Test
  void wrongKeys_tooMany_nobodyLooksForAKeyThere_forAMinute() {
    for (int attempt = 0; attempt < AuthFailures.MAX_A_MINUTE; attempt++) {
      assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "10.0.0.1"));
    }
    authenticator.requireFewFailures(address("10.0.0.1"));
    assertEquals(ProblemCode.TOO_MANY_AUTH_FAILURES, refused("wrong", "10.0.0.1"));
    var refused =
        assertThrows(
            ProblemException.class, () -> authenticator.requireFewFailures(address("10.0.0.1")));
    assertEquals(ProblemCode.TOO_MANY_AUTH_FAILURES, refused.problem().code());
    authenticator.requireFewFailures(address("10.0.0.2"));
    nanos += Duration.ofMinutes(1).toNanos();
    authenticator.requireFewFailures(address("10.0.0.1"));
  }

  @Test
  void wrongKeys_ofOneNetworkOfVersion6_areCountedTogether() {
    for (int attempt = 0; attempt < AuthFailures.MAX_A_MINUTE; attempt++) {
      assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "2001:db8::" + attempt));
    }
    assertEquals(ProblemCode.TOO_MANY_AUTH_FAILURES, refused("wrong", "2001:db8::ffff"));
    assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "2001:db8:1::1"));
  }

  @Test
  void wrongKeys_ofVeryManyAddresses_forgetTheOldest() {
    for (int attempt = 0; attempt < AuthFailures.MAX_A_MINUTE; attempt++) {
      assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "10.0.0.1"));
    }
    for (int other = 0; other < AuthFailures.MAX_ADDRESSES; other++) {
      assertEquals(
          ProblemCode.UNAUTHENTICATED,
          refused("wrong", "11.0.%d.%d".formatted(other / 250, other % 250)));
    }
    assertEquals(ProblemCode.UNAUTHENTICATED, refused("wrong", "10.0.0.1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mrx_", "mrx_abc_def", "mrx_000000000000_", "MRX_000000000000_x"})
  void text_ofAnotherForm_isNoKey(String text) {
    assertTrue(ApiKey.parse(text).isEmpty());
  }

  @Test
  void keyAndHash_asTexts_areThemselvesAgain() {
    ApiKey key = ApiKey.make(random);
    assertEquals(Optional.of(key), ApiKey.parse(key.text()));
    assertFalse(key.toString().contains(key.secret()));
    SecretHash hash = SecretHash.of(key.secret(), random);
    assertTrue(SecretHash.ofText(hash.text()).matches(key.secret()));
    assertFalse(hash.matches(ApiKey.make(random).secret()));
    assertFalse(hash.text().equals(SecretHash.of(key.secret(), random).text()), "no salt");
  }

  @Test
  void keys_thatWereRight_areGoodUntilTheyExpireOrAreRevoked() {
    InetAddress from = address("10.0.0.1");
    ApiKey expiring = issue(Optional.of(now.plusSeconds(5)));
    ApiKey lasting = issue(Optional.empty());
    authenticator.requireStillGood(expiring.text(), from);
    now = now.plusSeconds(5);
    assertThrows(
        ProblemException.class, () -> authenticator.requireStillGood(expiring.text(), from));
    authenticator.requireStillGood(lasting.text(), from);
    issued.remove(lasting.id());
    assertThrows(
        ProblemException.class, () -> authenticator.requireStillGood(lasting.text(), from));
    // Those of the environment are good for as long as the server runs.
    authenticator.requireStillGood("any other", from);
  }
}
