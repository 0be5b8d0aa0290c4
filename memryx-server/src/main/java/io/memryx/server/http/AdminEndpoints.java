package io.memryx.server.http;

import io.memryx.Limits;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.service.Administration;
import io.memryx.server.service.Administration.KeyView;
import io.memryx.server.service.Administration.TenantChange;
import io.memryx.server.service.Administration.TenantView;
import io.memryx.server.service.TenantRegistry;
import io.memryx.server.tenant.Caller;
import io.memryx.server.tenant.IssuedKey;
import io.memryx.server.tenant.Limit;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.Tenant;
import io.memryx.server.tenant.TenantId;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** The administrator's endpoints for tenants and keys. */
final class AdminEndpoints {
  static final String TENANT = "tenant";
  static final String KEY_ID = "key_id";
  private static final int DEFAULT_LIMIT = 100;

  private final Administration administration;
  private final InstantSource clock;

  AdminEndpoints(Administration administration, InstantSource clock) {
    this.administration = administration;
    this.clock = clock;
  }

  // ---- tenants

  Answer tenants(Call call) {
    int limit = Parameters.number(call, "limit", DEFAULT_LIMIT, Limits.MAX_PAGE);
    Optional<TenantId> after = Parameters.cursor(call).map(AdminEndpoints::named);
    List<TenantView> views = administration.tenants(after, limit);
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeName("tenants");
          json.writeStartArray();
          views.forEach(view -> write(json, view));
          json.writeEndArray();
          json.writeName("next_cursor");
          if (views.size() < limit) {
            json.writeNull();
          } else {
            json.writeString(Parameters.cursor(views.getLast().id().value()));
          }
          json.writeEndObject();
        });
  }

  Answer tenant(Call call) {
    return answer(200, administration.tenant(tenantOf(call)));
  }

  Answer create(Call call) {
    TenantDecoder.NewTenant wanted =
        call.requireBody().body((json, _) -> TenantDecoder.readNew(json));
    return answer(201, administration.create(wanted.tenant(), wanted.wanted()));
  }

  Answer change(Call call) {
    TenantId tenant = tenantOf(call);
    TenantChange wanted = call.requireBody().body((json, _) -> TenantDecoder.readChange(json));
    return answer(200, administration.change(tenant, wanted));
  }

  Answer delete(Call call) {
    administration.delete(tenantOf(call));
    return Answer.empty(204);
  }

  /** The tenant that the path names. */
  static TenantId tenantOf(Call call) {
    return named(call.path(TENANT));
  }

  static TenantId named(String name) {
    if (!TenantId.isName(name)) {
      throw Problem.of(
              ProblemCode.BAD_NAME,
              "that is not a tenant's name",
              "use 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or a digit")
          .toException();
    }
    return new TenantId(name);
  }

  private static Answer answer(int status, TenantView view) {
    return Answer.json(status, json -> write(json, view));
  }

  private static void write(JsonGenerator json, TenantView view) {
    json.writeStartObject();
    json.writeStringProperty("tenant", view.id().value());
    json.writeStringProperty("plan", Choice.name(view.terms().plan()));
    json.writeName("limits");
    writeLimits(json, view);
    json.writeName("own_limits");
    json.writeStartObject();
    view.terms()
        .own()
        .forEach((limit, figure) -> json.writeNumberProperty(Choice.name(limit), figure));
    json.writeEndObject();
    writeText(json, "pod_url", view.registered().flatMap(Tenant::podUrl));
    writeText(json, "created_at", view.registered().map(tenant -> tenant.createdAt().toString()));
    json.writeBooleanProperty("registered", view.registered().isPresent());
    json.writeNumberProperty("keys", view.keys());
    json.writeNumberProperty("collections", view.collections());
    json.writeNumberProperty("vectors", view.vectors());
    json.writeNumberProperty("bytes", view.bytes());
    json.writeNumberProperty("searches_today", view.searchesToday());
    json.writeEndObject();
  }

  private static void writeLimits(JsonGenerator json, TenantView view) {
    json.writeStartObject();
    for (Limit limit : Limit.values()) {
      long figure = view.terms().of(limit);
      json.writeName(Choice.name(limit));
      if (figure == Limit.NONE) {
        json.writeNull();
      } else {
        json.writeNumber(figure);
      }
    }
    json.writeEndObject();
  }

  private static void writeText(JsonGenerator json, String name, Optional<String> text) {
    json.writeName(name);
    if (text.isPresent()) {
      json.writeString(text.get());
    } else {
      json.writeNull();
    }
  }

  // ---- keys

  /** Makes a key, and shows it this once. */
  Answer makeKey(Call call) {
    KeyDecoder.WantedKey wanted =
        call.requireBody().body((json, _) -> KeyDecoder.read(json, clock));
    TenantRegistry.NewKey made =
        administration.makeKey(wanted.tenant(), wanted.scopes(), wanted.expiresAt());
    return Answer.json(
        201,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("key_id", made.issued().id());
          json.writeStringProperty("key", made.key().text());
          json.writeStringProperty("tenant", wanted.tenant().value());
          writeTerm(json, wanted.scopes(), made.issued());
          json.writeEndObject();
        });
  }

  Answer keys(Call call) {
    Optional<TenantId> tenant = call.query(TENANT).map(AdminEndpoints::named);
    List<KeyView> keys = administration.keys(tenant);
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeName("keys");
          json.writeStartArray();
          keys.forEach(key -> write(json, key));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  Answer revoke(Call call) {
    administration.revoke(call.path(KEY_ID));
    return Answer.empty(204);
  }

  private void write(JsonGenerator json, KeyView view) {
    switch (view) {
      case KeyView.Given(String id, TenantId tenant) -> {
        json.writeStartObject();
        json.writeStringProperty("key_id", id);
        json.writeStringProperty("tenant", tenant.value());
        json.writeStringProperty("source", "environment");
        writeScopes(json, EnumSet.allOf(Scope.class));
        json.writeNullProperty("created_at");
        json.writeNullProperty("expires_at");
        json.writeBooleanProperty("live", true);
        json.writeEndObject();
      }
      case KeyView.Issued(IssuedKey key) -> {
        switch (key.caller()) {
          case Caller.OfTenant of -> write(json, key, of);
          case Caller.Administrator _ -> {}
        }
      }
    }
  }

  private void write(JsonGenerator json, IssuedKey key, Caller.OfTenant of) {
    json.writeStartObject();
    json.writeStringProperty("key_id", key.id());
    json.writeStringProperty("tenant", of.tenant().value());
    json.writeStringProperty("source", "api");
    writeTerm(json, of.scopes(), key);
    json.writeBooleanProperty("live", key.isLive(clock.instant()));
    json.writeEndObject();
  }

  private static void writeTerm(JsonGenerator json, Set<Scope> scopes, IssuedKey key) {
    writeScopes(json, scopes);
    json.writeStringProperty("created_at", key.createdAt().toString());
    writeText(json, "expires_at", key.expiresAt().map(Object::toString));
  }

  private static void writeScopes(JsonGenerator json, Set<Scope> scopes) {
    json.writeName("scopes");
    json.writeStartArray();
    scopes.forEach(scope -> json.writeString(Choice.name(scope)));
    json.writeEndArray();
  }
}
