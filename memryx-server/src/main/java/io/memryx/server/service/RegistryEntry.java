package io.memryx.server.service;

import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.MetadataValue;
import io.memryx.server.tenant.Caller;
import io.memryx.server.tenant.IssuedKey;
import io.memryx.server.tenant.Limit;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.SecretHash;
import io.memryx.server.tenant.Tenant;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tenant or a key, as it is kept: an entry whose id says what it is, and whose metadata have the
 * rest as texts and numbers.
 */
sealed interface RegistryEntry {
  /** A tenant. */
  record OfTenant(Tenant tenant) implements RegistryEntry {}

  /** A key. */
  record OfKey(IssuedKey key) implements RegistryEntry {}

  /** The id of a tenant's entry. */
  static String idOf(TenantId tenant) {
    return Kind.TENANT.prefix + tenant.value();
  }

  /** The id of a key's entry. */
  static String idOfKey(String id) {
    return Kind.KEY.prefix + id;
  }

  /** The beginnings of ids. */
  enum Kind {
    /** Of tenants. */
    TENANT("tenant/"),
    /** Of keys. */
    KEY("key/");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }
  }

  /** As an entry. */
  default Entry write() {
    Metadata.Builder fields = Metadata.builder();
    return switch (this) {
      case OfTenant(Tenant tenant) -> {
        writeTenant(fields, tenant);
        yield entry(idOf(tenant.id()), fields);
      }
      case OfKey(IssuedKey key) -> {
        writeKey(fields, key);
        yield entry(idOfKey(key.id()), fields);
      }
    };
  }

  /** All have the same vector: nobody searches them. */
  private static Entry entry(String id, Metadata.Builder fields) {
    return Entry.of(id, new float[] {1}, fields.build());
  }

  private static void writeTenant(Metadata.Builder fields, Tenant tenant) {
    fields.put("plan", name(tenant.terms().plan()));
    tenant.terms().own().forEach((limit, figure) -> fields.put("limit_" + name(limit), figure));
    tenant.podUrl().ifPresent(url -> fields.put("pod_url", url));
    fields.put("created_at", tenant.createdAt().toString());
    fields.put("standing", name(tenant.standing()));
  }

  private static void writeKey(Metadata.Builder fields, IssuedKey key) {
    switch (key.caller()) {
      case Caller.OfTenant of -> {
        fields.put("tenant", of.tenant().value());
        fields.put("scopes", of.scopes().stream().map(RegistryEntry::name).toList());
      }
      case Caller.Administrator _ -> fields.putNull("tenant");
    }
    fields.put("hash", key.hash().text());
    fields.put("created_at", key.createdAt().toString());
    key.expiresAt().ifPresent(end -> fields.put("expires_at", end.toString()));
  }

  /**
   * An entry as what it stands for.
   *
   * @throws IllegalStateException if no such server wrote it
   */
  static RegistryEntry read(Entry entry) {
    Fields fields = new Fields(entry);
    try {
      if (entry.id().startsWith(Kind.TENANT.prefix)) {
        return new OfTenant(readTenant(entry.id().substring(Kind.TENANT.prefix.length()), fields));
      }
      if (entry.id().startsWith(Kind.KEY.prefix)) {
        return new OfKey(readKey(entry.id().substring(Kind.KEY.prefix.length()), fields));
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw fields.unreadable(e);
    }
    throw fields.unreadable(null);
  }

  private static Tenant readTenant(String name, Fields fields) {
    Map<Limit, Long> own = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      if (fields.value("limit_" + name(limit)) instanceof MetadataValue.LongValue(long figure)) {
        own.put(limit, figure);
      }
    }
    return new Tenant(
        new TenantId(name),
        new Terms(fields.choice("plan", Plan.class), own),
        fields.optionalText("pod_url"),
        Instant.parse(fields.text("created_at")),
        fields.choice("standing", Tenant.Standing.class));
  }

  private static IssuedKey readKey(String id, Fields fields) {
    Caller caller =
        switch (fields.value("tenant")) {
          case MetadataValue.StringValue(String tenant) ->
              new Caller.OfTenant(new TenantId(tenant), readScopes(fields));
          default -> new Caller.Administrator();
        };
    return new IssuedKey(
        id,
        caller,
        SecretHash.ofText(fields.text("hash")),
        Instant.parse(fields.text("created_at")),
        fields.optionalText("expires_at").map(Instant::parse));
  }

  private static Set<Scope> readScopes(Fields fields) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    if (fields.value("scopes") instanceof MetadataValue.ArrayValue array) {
      for (MetadataValue value : array.values()) {
        if (value instanceof MetadataValue.StringValue(String scope)) {
          scopes.add(Scope.valueOf(scope.toUpperCase(Locale.ROOT)));
        }
      }
    }
    return scopes;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** An entry's metadata, which must be there. */
  record Fields(Entry entry) {
    MetadataValue value(String field) {
      return entry.metadata().get(field).orElseGet(MetadataValue.NullValue::new);
    }

    Optional<String> optionalText(String field) {
      return value(field) instanceof MetadataValue.StringValue(String text)
          ? Optional.of(text)
          : Optional.empty();
    }

    String text(String field) {
      return optionalText(field).orElseThrow(() -> new IllegalArgumentException("no " + field));
    }

    <E extends Enum<E>> E choice(String field, Class<E> type) {
      return Enum.valueOf(type, text(field).toUpperCase(Locale.ROOT));
    }

    IllegalStateException unreadable(@Nullable Throwable cause) {
      return new IllegalStateException(
          "entry '%s' of the registry of tenants can't be read: a newer server may have written it; start that one"
              .formatted(entry.id()),
          cause);
    }
  }
}
