package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Administration.TenantChange;
import io.memryx.server.tenant.Limit;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.TenantId;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Reads the bodies that make and change tenants. */
final class TenantDecoder {
  private static final int MAX_URL_LENGTH = 2_048;

  private final JsonReader json;
  private @Nullable TenantId tenant;
  private Optional<Plan> plan = Optional.empty();
  private Optional<Map<Limit, Long>> limits = Optional.empty();
  private Optional<Optional<String>> podUrl = Optional.empty();

  private TenantDecoder(JsonReader json) {
    this.json = json;
  }

  /**
   * A tenant to be made.
   *
   * @param tenant its name
   * @param wanted what it is to have
   */
  record NewTenant(TenantId tenant, TenantChange wanted) {}

  /** The body of {@code POST /v1/admin/tenants}. */
  static NewTenant readNew(JsonReader json) {
    TenantDecoder decoder = new TenantDecoder(json);
    json.object(
        JsonField.OfNewTenant.class,
        field -> {
          switch (field) {
            case TENANT -> decoder.tenant = tenant(json);
            case PLAN -> decoder.readPlan();
            case LIMITS -> decoder.readLimits();
            case POD_URL -> decoder.readPodUrl();
          }
        });
    return new NewTenant(required(decoder.tenant), decoder.change());
  }

  /** The body of {@code PUT /v1/admin/tenants/{tenant}}. */
  static TenantChange readChange(JsonReader json) {
    TenantDecoder decoder = new TenantDecoder(json);
    json.object(
        JsonField.OfTenant.class,
        field -> {
          switch (field) {
            case PLAN -> decoder.readPlan();
            case LIMITS -> decoder.readLimits();
            case POD_URL -> decoder.readPodUrl();
          }
        });
    return decoder.change();
  }

  private TenantChange change() {
    return new TenantChange(plan, limits, podUrl);
  }

  /** A tenant's name in a body. */
  static TenantId tenant(JsonReader json) {
    String name = json.string();
    if (!TenantId.isName(name)) {
      throw json.problem(
          ProblemCode.BAD_NAME,
          "that is not a tenant's name",
          "use 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or a digit");
    }
    return new TenantId(name);
  }

  /** A tenant's name, which a body must have. */
  static TenantId required(@Nullable TenantId tenant) {
    if (tenant == null) {
      throw Problem.of(
              ProblemCode.MISSING_FIELD,
              "the body has no 'tenant'",
              "name the tenant, such as {\"tenant\":\"acme\"}")
          .at("/tenant")
          .toException();
    }
    return tenant;
  }

  private void readPlan() {
    plan =
        Optional.of(
            Choice.named(Plan.class, json.string())
                .orElseThrow(
                    () ->
                        json.problem(
                            ProblemCode.OUT_OF_RANGE,
                            "there is no such plan",
                            "plan is one of " + Choice.names(Plan.class))));
  }

  private void readLimits() {
    Map<Limit, Long> own = new EnumMap<>(Limit.class);
    json.object(
        JsonField.OfLimits.class,
        field -> {
          if (json.token() != JsonToken.VALUE_NULL) {
            own.put(limit(field), figure());
          }
        });
    limits = Optional.of(own);
  }

  private static Limit limit(JsonField.OfLimits field) {
    return switch (field) {
      case VECTORS -> Limit.VECTORS;
      case ADDS_PER_MINUTE -> Limit.ADDS_PER_MINUTE;
      case SEARCHES_PER_SECOND -> Limit.SEARCHES_PER_SECOND;
      case CONCURRENT_SEARCHES -> Limit.CONCURRENT_SEARCHES;
      case SEARCHES_PER_DAY -> Limit.SEARCHES_PER_DAY;
    };
  }

  private long figure() {
    if (json.token() != JsonToken.VALUE_NUMBER_INT) {
      throw json.wrongType("a whole number, or null for what the plan gives");
    }
    if (!json.isLong() || json.longInteger() < 1 || json.longInteger() > Limit.LARGEST) {
      throw json.problem(
          ProblemCode.OUT_OF_RANGE,
          "the limit is not in its range",
          "give 1 to %d, or plan 'unlimited' for none".formatted(Limit.LARGEST));
    }
    return json.longInteger();
  }

  private void readPodUrl() {
    podUrl =
        Optional.of(
            json.token() == JsonToken.VALUE_NULL
                ? Optional.empty()
                : Optional.of(url(json.string())));
  }

  private String url(String text) {
    try {
      URI url = new URI(text);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (web
          && url.getHost() != null
          && url.getUserInfo() == null
          && text.length() <= MAX_URL_LENGTH) {
        return text;
      }
    } catch (URISyntaxException e) {
      throw badUrl();
    }
    throw badUrl();
  }

  private ProblemException badUrl() {
    return json.problem(
        ProblemCode.OUT_OF_RANGE,
        "pod_url is not the address of a server",
        "give http:// or https:// with a host and without user and password, at most %d characters"
            .formatted(MAX_URL_LENGTH));
  }
}
