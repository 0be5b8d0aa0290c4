package io.memryx.server.tenant;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What one tenant may use: a plan, and what the operator gives it instead.
 *
 * @param plan the plan
 * @param own limits that count instead of the plan's, 1 to {@link Limit#LARGEST}
 */
public record Terms(Plan plan, Map<Limit, Long> own) {

  /** Copies the map, and refuses figures out of range. */
  public Terms {
    Map<Limit, Long> copy = new EnumMap<>(Limit.class);
    copy.putAll(own);
    for (Map.Entry<Limit, Long> limit : copy.entrySet()) {
      if (limit.getValue() < 1 || limit.getValue() > Limit.LARGEST) {
        throw new IllegalArgumentException(
            "%s is %d, expected 1..%d".formatted(limit.getKey(), limit.getValue(), Limit.LARGEST));
      }
    }
    own = Collections.unmodifiableMap(copy);
  }

  /** A plan as it is. */
  public static Terms of(Plan plan) {
    return new Terms(plan, Map.of());
  }

  /** How much of something the tenant may use; {@link Limit#NONE} where it is not limited. */
  public long of(Limit limit) {
    Long instead = own.get(limit);
    return instead == null ? plan.of(limit) : instead;
  }

  /** Who says so, for messages. */
  String giver(Limit limit) {
    return own.containsKey(limit)
        ? "the operator"
        : "plan '%s'".formatted(plan.name().toLowerCase(Locale.ROOT));
  }
}
