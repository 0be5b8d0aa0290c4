package io.memryx.server.http;

import io.memryx.persistence.VerifyReport;
import io.memryx.server.service.TenantBackups;
import io.memryx.server.service.TenantBackups.TenantGeneration;
import io.memryx.server.tenant.TenantId;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The administrator's endpoints for snapshots of single tenants. */
final class SnapshotEndpoints {
  private final TenantBackups backups;

  SnapshotEndpoints(TenantBackups backups) {
    this.backups = backups;
  }

  Answer list(Call call) {
    List<TenantGeneration> generations =
        backups.list(call.query(AdminEndpoints.TENANT).map(AdminEndpoints::named));
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeName("snapshots");
          json.writeStartArray();
          generations.forEach(one -> write(json, one));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, TenantGeneration one) {
    json.writeStartObject();
    json.writeStringProperty("tenant", one.tenant().value());
    json.writeStringProperty("collection", one.collection());
    json.writeNumberProperty("generation", one.generation().number());
    json.writeNumberProperty("vectors", one.generation().entries());
    json.writeNumberProperty("bytes", one.generation().bytes());
    json.writeBooleanProperty("newest", one.newest());
    json.writeEndObject();
  }

  /** The backup as a zip. */
  LongAnswer download(Call call) {
    return new LongAnswer(
        MediaTypes.ZIP, new ZipOfFiles(backups.backup(AdminEndpoints.tenantOf(call))));
  }

  Answer restore(Call call) {
    TenantId tenant = AdminEndpoints.tenantOf(call);
    TenantBackups.Restored restored =
        backups.restore(
            tenant,
            directory -> {
              call.requireBody().upload(body -> new ZipReader(body, directory).read());
              call.requireKeyStillGood();
            });
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("tenant", tenant.value());
          json.writeName("collections");
          json.writeStartArray();
          restored.collections().forEach(json::writeString);
          json.writeEndArray();
          json.writeNumberProperty("vectors", restored.vectors());
          json.writeEndObject();
        });
  }

  Answer verify(Call call) {
    TenantId tenant = AdminEndpoints.tenantOf(call);
    VerifyReport report = backups.verify(tenant);
    return Answer.ok(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("tenant", tenant.value());
          json.writeStringProperty("status", Choice.name(report.status()));
          json.writeName("collections");
          json.writeStartArray();
          report.collections().forEach(one -> write(json, one));
          json.writeEndArray();
          json.writeName("findings");
          json.writeStartArray();
          report.findings().forEach(one -> write(json, one));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, VerifyReport.CollectionReport one) {
    json.writeStartObject();
    json.writeStringProperty("collection", TenantBackups.collectionOf(one.key()));
    json.writeNumberProperty("generations", one.generations());
    json.writeNumberProperty("newest_sound", one.newestSound());
    json.writeNumberProperty("vectors", one.entries());
    json.writeNumberProperty("bytes", one.bytes());
    json.writeNumberProperty("logged_changes", one.log().changes());
    json.writeBooleanProperty("recoverable", one.isRecoverable());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, VerifyReport.Finding finding) {
    json.writeStartObject();
    json.writeStringProperty("file", inStore(Path.of(finding.file())));
    json.writeNumberProperty("offset", finding.offset());
    json.writeStringProperty("severity", Choice.name(finding.severity()));
    json.writeStringProperty("what", finding.what());
    json.writeEndObject();
  }

  /** The last two names: where the store is, is nobody's business here. */
  private static String inStore(Path file) {
    int names = file.getNameCount();
    return file.subpath(Math.max(0, names - 2), names).toString();
  }
}
