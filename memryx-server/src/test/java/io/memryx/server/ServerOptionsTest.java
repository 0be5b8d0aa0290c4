package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.tenant.AuthMode;
import io.memryx.server.tenant.Plan;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerOptionsTest {
  private static ServerOptions from(Map<String, String> environment) {
    return ServerOptions.from(environment, _ -> false);
  }

  private static String refusal(Map<String, String> environment) {
    return String.valueOf(
        assertThrows(OptionException.class, () -> from(environment)).getMessage());
  }

  @Test
  void empty_isLoopbackAndOpen() {
    ServerOptions options = from(Map.of());
    assertEquals("127.0.0.1", options.host());
    assertEquals(8080, options.port());
    assertEquals(AuthMode.OPEN, options.authMode());
    assertEquals(Optional.of(Path.of("data")), options.storagePath());
    assertEquals(Plan.UNLIMITED, options.defaultPlan());
    assertEquals(64L << 20, options.maxRequestBytes());
    assertEquals(85, options.ramSafetyPercent());
  }

  @Test
  void portGiven_listensEverywhereWithKeys() {
    ServerOptions options = from(Map.of("PORT", "9000"));
    assertEquals("0.0.0.0", options.host());
    assertEquals(AuthMode.KEYS, options.authMode());
    assertTrue(options.givesNoKey());
    assertFalse(from(Map.of("PORT", "9000", "API_KEYS", "a=b")).givesNoKey());
  }

  @Test
  void open_onAnyAddress_needsALoudYes() {
    Map<String, String> open = Map.of("HOST", "0.0.0.0", "AUTH_MODE", "open");
    assertTrue(refusal(open).contains("ALLOW_OPEN_AUTH"));
    assertEquals(
        AuthMode.OPEN,
        from(Map.of("HOST", "0.0.0.0", "AUTH_MODE", "open", "ALLOW_OPEN_AUTH", "true")).authMode());
  }

  @Test
  void storagePath_isTheFirstThatIsThere() {
    assertEquals(
        Optional.of(Path.of("/data")), ServerOptions.from(Map.of(), _ -> true).storagePath());
    assertEquals(
        Optional.of(Path.of("/volume")),
        from(Map.of("RAILWAY_VOLUME_MOUNT_PATH", "/volume")).storagePath());
    assertEquals(
        Optional.of(Path.of("/mine")),
        from(Map.of("RAILWAY_VOLUME_MOUNT_PATH", "/volume", "STORAGE_PATH", "/mine"))
            .storagePath());
    assertEquals(
        Optional.empty(),
        from(Map.of("ENABLE_PERSISTENCE", "false", "STORAGE_PATH", "/mine")).storagePath());
  }

  @ParameterizedTest
  @CsvSource({
    "PORT, 70000, 65535",
    "PORT, eighty, whole number",
    "ENABLE_PERSISTENCE, yes, true or false",
    "DURABILITY, always, fsync",
    "FSYNC_INTERVAL_MS, 0, whole number",
    "AUTH_MODE, none, open",
    "DEFAULT_PLAN, gold, enterprise",
    "MAX_TENANTS, 0, whole number",
    "MAX_REQUEST_BYTES, 64MB, whole number",
    "MAX_DIMENSION, 5000, 4096",
    "RAM_SAFETY_PERCENT, 101, 100",
    "LOG_FORMAT, xml, json",
    "LOG_LEVEL, loud, debug",
    "ACCESS_LOG, some, problems",
    "ALLOW_OPEN_AUTH, 1, true or false"
  })
  void unknownValue_namesVariableValueAndAccepted(String variable, String value, String accepted) {
    String message = refusal(Map.of(variable, value));
    assertTrue(message.contains(variable + "=" + value), message);
    assertTrue(message.contains(accepted), message);
  }

  @ParameterizedTest
  @CsvSource({
    "canary",
    "=canary",
    "A=canary",
    "open-x=canary",
    "'a=canary,b=canary'",
    "'a=canary x'"
  })
  void apiKeys_bad_areRefusedWithoutShowingThem(String value) {
    String message = refusal(Map.of("API_KEYS", value));
    assertTrue(message.contains("API_KEYS"), message);
    assertFalse(message.contains("canary"), message);
  }

  @Test
  void adminApiKey_thatIsATenantsToo_isRefused() {
    String message = refusal(Map.of("API_KEYS", "acme=canary", "ADMIN_API_KEY", "canary"));
    assertTrue(message.contains("ADMIN_API_KEY"), message);
    assertTrue(message.contains("acme"), message);
    assertFalse(message.contains("canary"), message);
  }

  @Test
  void text_masksSecrets() {
    String text =
        from(Map.of(
                "API_KEYS", "acme=canary", "ADMIN_API_KEY", "canary-2", "METRICS_KEY", "canary"))
            .toString();
    assertFalse(text.contains("canary"), text);
    assertTrue(text.contains("acme=***"), text);
  }
}
