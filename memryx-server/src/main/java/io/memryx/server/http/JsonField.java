package io.memryx.server.http;

import java.util.Locale;

/** A field that requests of some type may have; implemented by one enum per type of object. */
interface JsonField {

  /** The constant's name, as every enum has it. */
  String name();

  /** The field's name in JSON. */
  default String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What {@code POST /add} takes. */
  enum OfAdd implements JsonField {
    API_KEY,
    VECTORS
  }

  /** What an entry is. */
  enum OfEntry implements JsonField {
    ID,
    VALUES,
    METADATA,
    APPROXIMATE
  }

  /** What searches take. */
  enum OfSearch implements JsonField {
    API_KEY,
    VECTOR,
    ID,
    VECTORS,
    K,
    EXACT,
    PROBES,
    RERANK,
    MIN_SCORE,
    INCLUDE,
    EXPLAIN,
    FILTER
  }

  /** What {@code PUT /v1/collections/{name}} takes. */
  enum OfCollection implements JsonField {
    API_KEY,
    DIMENSION,
    METRIC,
    COMPRESSION
  }

  /** What {@code POST /finalize} takes. */
  enum OfFinalize implements JsonField {
    API_KEY,
    TIMEOUT_S
  }

  /** What {@code POST …/delete} takes. */
  enum OfDelete implements JsonField {
    API_KEY,
    IDS,
    FILTER,
    DRY_RUN
  }

  /** What {@code POST /v1/admin/tenants} takes. */
  enum OfNewTenant implements JsonField {
    TENANT,
    PLAN,
    LIMITS,
    POD_URL
  }

  /** What {@code PUT /v1/admin/tenants/{tenant}} takes. */
  enum OfTenant implements JsonField {
    PLAN,
    LIMITS,
    POD_URL
  }

  /** What a tenant's own limits are. */
  enum OfLimits implements JsonField {
    VECTORS,
    ADDS_PER_MINUTE,
    SEARCHES_PER_SECOND,
    CONCURRENT_SEARCHES,
    SEARCHES_PER_DAY
  }

  /** What {@code POST /v1/admin/keys} takes. */
  enum OfNewKey implements JsonField {
    TENANT,
    SCOPES,
    EXPIRES_AT
  }

  /** What {@code POST …/recall} takes. */
  enum OfRecall implements JsonField {
    API_KEY,
    SAMPLE,
    K
  }
}
