package io.memryx.server.http;

import io.memryx.Memryx;
import io.memryx.persistence.StoreCondition;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.service.Overview;
import io.memryx.server.service.Readiness;
import io.memryx.server.service.Usage;
import io.memryx.server.service.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** The endpoints for those who run the server: probes, metrics, version, what there is. */
final class OperatorEndpoints {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Overview overview;
  private final ServerMeters meters;

  OperatorEndpoints(Overview overview, ServerMeters meters) {
    this.overview = overview;
    this.meters = meters;
  }

  Answer livez(Call call) {
    return Answer.ok(json -> writeStatus(json, "ok"));
  }

  private static void writeStatus(JsonGenerator json, String status) {
    json.writeStartObject();
    json.writeStringProperty("status", status);
    json.writeEndObject();
  }

  Answer readyz(Call call) {
    return overview.readiness().stage() == Readiness.Stage.READY
        ? Answer.ok(json -> writeStatus(json, "ok"))
        : notReady();
  }

  Answer health(Call call) {
    if (overview.readiness().stage() != Readiness.Stage.READY) {
      return notReady();
    }
    Usage.Totals totals = overview.totals();
    StoreCondition.State storage = overview.storage();
    // Searches go on when nothing can be written, but only a new start can mend it.
    return Answer.json(
        storage == StoreCondition.State.READ_ONLY ? 503 : 200,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("status", healthOf(storage));
          json.writeStringProperty(
              "ram_usage", String.format(Locale.ROOT, "%.1f%%", overview.usedPercent()));
          json.writeNumberProperty("hot_buffer_size", totals.hotBuffer());
          json.writeNumberProperty("cold_index_size", totals.indexed());
          json.writeNumberProperty("total_vectors", totals.vectors());
          json.writeEndObject();
        });
  }

  private static String healthOf(StoreCondition.State storage) {
    return switch (storage) {
      case SOUND -> "ok";
      case DEGRADED -> "degraded";
      case FULL -> "storage_full";
      case READ_ONLY -> "failed";
    };
  }

  private Answer notReady() {
    Readiness.State state = overview.readiness();
    return Answer.json(
            503,
            json -> {
              json.writeStartObject();
              json.writeStringProperty("status", state.stage().name().toLowerCase(Locale.ROOT));
              json.writeNumberProperty("percent", state.percent());
              json.writeName("tenants");
              json.writeStartObject();
              json.writeNumberProperty("loaded", state.loaded());
              json.writeNumberProperty("total", state.total());
              json.writeEndObject();
              json.writeEndObject();
            })
        .withHeader("Retry-After", "1");
  }

  Answer metrics(Call call) {
    if (!call.prefers(Answer.JSON)) {
      return Answer.text(200, PROMETHEUS, meters.prometheusText());
    }
    List<ServerMeters.Sample> samples = meters.samples();
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeName("metrics");
          json.writeStartArray();
          samples.forEach(sample -> writeSample(json, sample));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void writeSample(JsonGenerator json, ServerMeters.Sample sample) {
    json.writeStartObject();
    json.writeStringProperty("name", sample.name());
    json.writeName("tags");
    json.writeStartObject();
    sample.tags().forEach(json::writeStringProperty);
    json.writeEndObject();
    sample
        .values()
        .forEach(
            (statistic, value) -> {
              boolean writable = Double.isFinite(value);
              json.writeName(statistic);
              if (writable) {
                json.writeNumber(value);
              } else {
                json.writeNull();
              }
            });
    json.writeEndObject();
  }

  Answer version(Call call) {
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("name", "memryx");
          json.writeStringProperty("version", Version.current());
          json.writeStringProperty("java", Runtime.version().toString());
          json.writeStringProperty("kernels", Memryx.kernels());
          json.writeEndObject();
        });
  }

  Answer adminStats(Call call) {
    Usage.Totals totals = overview.totals();
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeNumberProperty("vectors", totals.vectors());
          json.writeNumberProperty("hot_buffer", totals.hotBuffer());
          json.writeNumberProperty("bytes", totals.bytes());
          json.writeNumberProperty("ram_usage_percent", Json.rounded(overview.usedPercent()));
          json.writeNumberProperty("builds_under_way", overview.buildsUnderWay());
          json.writeName("tenants");
          json.writeStartArray();
          for (Overview.TenantFigures tenant : overview.tenants()) {
            json.writeStartObject();
            json.writeStringProperty("tenant", tenant.tenant());
            json.writeNumberProperty("collections", tenant.collections());
            json.writeNumberProperty("vectors", tenant.vectors());
            json.writeNumberProperty("bytes", tenant.bytes());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /** The description of the whole interface, as it is packaged. */
  static String openApi() {
    try (InputStream file = OperatorEndpoints.class.getResourceAsStream("openapi.json")) {
      if (file == null) {
        throw new IllegalStateException("openapi.json is not packaged");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${version}", Version.current());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
