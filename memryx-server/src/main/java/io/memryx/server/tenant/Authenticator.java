package io.memryx.server.tenant;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Turns keys into callers: the only way in. Thread-safe; keys that are right wait for nobody. */
public final class Authenticator {
  private static final int MAX_KEY_LENGTH = 512;

  private final AuthMode mode;
  private final KeyRing environment;
  private final IssuedKeys issued;
  private final InstantSource clock;
  private final AuthFailures failures;

  /**
   * Lets in what the mode allows.
   *
   * @param environment keys that the environment gives
   * @param issued keys that this server made
   */
  public Authenticator(
      AuthMode mode,
      KeyRing environment,
      IssuedKeys issued,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.mode = mode;
    this.environment = environment;
    this.issued = issued;
    this.clock = clock;
    this.failures = new AuthFailures(nanoClock);
  }

  /**
   * Whose call this is.
   *
   * @param key the key of the call, or null if it has none
   * @param from where the call comes from
   * @throws ProblemException if there is no key, or one that is nobody's
   */
  public Caller authenticate(@Nullable String key, InetAddress from) {
    if (key == null || key.isBlank()) {
      throw Problem.of(
              ProblemCode.UNAUTHENTICATED,
              "the request has no API key",
              "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY', or in a JSON body as"
                  + " \"api_key\"")
          .toException();
    }
    Optional<Caller> known = key.length() > MAX_KEY_LENGTH ? Optional.empty() : find(key);
    return known.orElseThrow(
        () ->
            wrong(
                from,
                "the API key is not known here",
                "check the key, or ask the operator for one"));
  }

  /**
   * Refuses a key that was right once, and was revoked or has expired since. Costs a look-up: what
   * a body took long to come with is not hashed again.
   *
   * @param key one that {@link #authenticate} let in
   * @param from where the call comes from
   */
  public void requireStillGood(String key, InetAddress from) {
    Optional<ApiKey> ours = ApiKey.parse(key);
    boolean live =
        ours.flatMap(parsed -> issued.find(parsed.id()))
            .filter(made -> made.isLive(clock.instant()))
            .isPresent();
    // All others are good for as long as the server runs.
    if (ours.isPresent() && !live) {
      Caller _ = authenticate(key, from);
    }
  }

  private Optional<Caller> find(String key) {
    Optional<ApiKey> ours = ApiKey.parse(key);
    Optional<IssuedKey> made = ours.flatMap(parsed -> issued.find(parsed.id()));
    // As much work for a key that nobody made, or that is no key at all.
    SecretHash hash = made.map(IssuedKey::hash).orElse(SecretHash.OF_NOTHING);
    boolean right = hash.matches(ours.map(ApiKey::secret).orElse(key)) && made.isPresent();
    if (right && made.get().isLive(clock.instant())) {
      return Optional.of(made.get().caller());
    }
    Optional<Caller> given = environment.find(key);
    // What looks like one of ours and is none was revoked, or is mistyped: no tenant begins so.
    return given.isPresent() || mode == AuthMode.KEYS || ours.isPresent()
        ? given
        : Optional.of(Caller.OfTenant.withAllScopes(TenantId.ofOpenKey(key)));
  }

  /**
   * The failure of a key that is wrong, counted.
   *
   * @param from where it came from
   */
  public ProblemException wrong(InetAddress from, String detail, String hint) {
    failures.count(Network.of(from));
    return Problem.of(ProblemCode.UNAUTHENTICATED, detail, hint).toException();
  }

  /**
   * Refuses to look for a key where looking costs much, if wrong ones came from there too often.
   *
   * @param from where it came from
   * @throws ProblemException if they did
   */
  public void requireFewFailures(InetAddress from) {
    failures.requireFew(Network.of(from));
  }

  /**
   * The tenant that a caller is.
   *
   * @param needed what its key must be good for
   * @throws ProblemException if it is not, or if it is the administrator, who has no data
   */
  public static TenantId requireTenant(Caller caller, Scope needed) {
    return switch (caller) {
      case Caller.OfTenant of -> {
        if (!of.scopes().contains(needed)) {
          throw missing(needed);
        }
        yield of.tenant();
      }
      case Caller.Administrator _ ->
          throw Problem.of(
                  ProblemCode.FORBIDDEN,
                  "the administrator's key has no collections",
                  "use a tenant's key here; the administrator's is for /v1/admin")
              .toException();
    };
  }

  private static ProblemException missing(Scope needed) {
    String scope = needed.name().toLowerCase(Locale.ROOT);
    return Problem.of(
            ProblemCode.FORBIDDEN,
            "this call needs a key with the scope '%s', which this one has not".formatted(scope),
            "use another key, or ask the operator for one with that scope")
        .toException();
  }

  /**
   * Lets only the administrator pass.
   *
   * @throws ProblemException if it is a tenant
   */
  public static void requireAdministrator(Caller caller) {
    switch (caller) {
      case Caller.Administrator _ -> {}
      case Caller.OfTenant _ ->
          throw Problem.of(
                  ProblemCode.FORBIDDEN,
                  "a tenant's key can't call /v1/admin",
                  "use the key that the operator set as ADMIN_API_KEY")
              .toException();
    }
  }
}
