package io.memryx.server.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What a piece of work is about. Every log line that a thread writes while it is entered names it,
 * whoever writes the line. Immutable.
 *
 * @param requestId the request that wants the work done, or null if none does
 * @param tenant whose work it is, or null if that is nobody's or not known
 */
public record Subject(@Nullable String requestId, @Nullable String tenant) {
  /** How lines name the request. */
  public static final String REQUEST_ID = "request_id";

  /** How lines name the tenant. */
  public static final String TENANT = "tenant";

  /** A tenant, whoever asked. */
  public static Subject ofTenant(String tenant) {
    return new Subject(null, tenant);
  }

  /** What this thread works on now. */
  public static Subject current() {
    return new Subject(MDC.get(REQUEST_ID), MDC.get(TENANT));
  }

  /** Makes this what the thread works on, until that is closed, by the same thread. */
  public Entered enter() {
    Subject before = current();
    name();
    return before::name;
  }

  /** Names it from now on, for the rest of what was entered. */
  public void name() {
    put(REQUEST_ID, requestId);
    put(TENANT, tenant);
  }

  private static void put(String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }

  /** Work that was entered and is not left yet. */
  @FunctionalInterface
  public interface Entered extends AutoCloseable {
    @Override
    void close();
  }
}
