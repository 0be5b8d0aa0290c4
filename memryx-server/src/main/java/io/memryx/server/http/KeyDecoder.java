package io.memryx.server.http;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Reads the body of {@code POST /v1/admin/keys}. */
final class KeyDecoder {
  private final JsonReader json;
  private final InstantSource clock;
  private @Nullable TenantId tenant;
  private Set<Scope> scopes = EnumSet.allOf(Scope.class);
  private Optional<Instant> expiresAt = Optional.empty();

  private KeyDecoder(JsonReader json, InstantSource clock) {
    this.json = json;
    this.clock = clock;
  }

  /**
   * A key to be made.
   *
   * @param tenant whose
   * @param scopes what it is to be good for; without a word about it, everything
   * @param expiresAt when it is to end, if ever
   */
  record WantedKey(TenantId tenant, Set<Scope> scopes, Optional<Instant> expiresAt) {}

  /** The key that the body asks for. */
  static WantedKey read(JsonReader json, InstantSource clock) {
    KeyDecoder decoder = new KeyDecoder(json, clock);
    json.object(JsonField.OfNewKey.class, decoder::field);
    return new WantedKey(TenantDecoder.required(decoder.tenant), decoder.scopes, decoder.expiresAt);
  }

  private void field(JsonField.OfNewKey field) {
    switch (field) {
      case TENANT -> tenant = TenantDecoder.tenant(json);
      case SCOPES -> scopes = scopes();
      case EXPIRES_AT ->
          expiresAt =
              json.token() == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(future());
    }
  }

  private Set<Scope> scopes() {
    Set<Scope> wanted = EnumSet.noneOf(Scope.class);
    json.array("a list of scopes", () -> wanted.add(scope()));
    if (wanted.isEmpty()) {
      throw badScope("the key would be good for nothing");
    }
    return wanted;
  }

  private Scope scope() {
    return Choice.named(Scope.class, json.string())
        .orElseThrow(() -> badScope("there is no such scope"));
  }

  private ProblemException badScope(String detail) {
    return json.problem(
        ProblemCode.OUT_OF_RANGE,
        detail,
        "give one or several of %s, or leave scopes out for all"
            .formatted(Choice.names(Scope.class)));
  }

  private Instant future() {
    try {
      Instant end = Instant.parse(json.string());
      if (end.isAfter(clock.instant())) {
        return end;
      }
    } catch (DateTimeParseException e) {
      throw badTime();
    }
    throw badTime();
  }

  private ProblemException badTime() {
    return json.problem(
        ProblemCode.OUT_OF_RANGE,
        "expires_at is not a time to come",
        "give a time of RFC 3339, such as 2030-01-31T12:00:00Z, or null for never");
  }
}
