package io.memryx.server.tenant;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** Turns keys into callers: the only way in. Thread-safe. */
public final class Authenticator {
  private static final int MAX_KEY_LENGTH = 512;

  private final AuthMode mode;
  private final KeyRing keys;

  /** Lets in what the mode and the registered keys allow. */
  public Authenticator(AuthMode mode, KeyRing keys) {
    this.mode = mode;
    this.keys = keys;
  }

  /**
   * Whose call this is.
   *
   * @param key the key of the call, or null if it has none
   * @throws ProblemException if there is no key, or one that is nobody's
   */
  public Caller authenticate(@Nullable String key) {
    if (key == null || key.isBlank()) {
      throw Problem.of(
              ProblemCode.UNAUTHENTICATED,
              "the request has no API key",
              "send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY', or in a JSON body as"
                  + " \"api_key\"")
          .toException();
    }
    if (key.length() > MAX_KEY_LENGTH) {
      throw unknown();
    }
    return keys.find(key)
        .orElseGet(
            () ->
                switch (mode) {
                  case OPEN -> new Caller.OfTenant(TenantId.ofOpenKey(key));
                  case KEYS -> throw unknown();
                });
  }

  /**
   * The tenant that a caller is.
   *
   * @throws ProblemException if it is the administrator, who has no data
   */
  public static TenantId requireTenant(Caller caller) {
    return switch (caller) {
      case Caller.OfTenant of -> of.tenant();
      case Caller.Administrator _ ->
          throw Problem.of(
                  ProblemCode.FORBIDDEN,
                  "the administrator's key has no collections",
                  "use a tenant's key here; the administrator's is for /v1/admin")
              .toException();
    };
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

  private static ProblemException unknown() {
    return Problem.of(
            ProblemCode.UNAUTHENTICATED,
            "the API key is not known here",
            "check the key, or ask the operator for one")
        .toException();
  }
}
