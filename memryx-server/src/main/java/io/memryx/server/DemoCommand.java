package io.memryx.server;

import io.memryx.Entry;
import io.memryx.server.service.BuildStatus;
import io.memryx.server.tenant.TenantId;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code memryx demo}. */
@Command(
    name = "demo",
    description = "Serves with a sample of WordNet glosses, to try searches at once.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The sample is in collection 'wordnet' of the key 'demo'. Nothing is kept on disk unless",
      "STORAGE_PATH is set. Other variables as for serve; needs AUTH_MODE=open."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String COLLECTION = "wordnet";
  private static final String KEY = "demo";
  private static final String QUERY_ID = "bicycle.noun";
  private static final int BATCH = 1_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var line = spec.commandLine();
    return new Service(environment(System.getenv()), line.getOut(), line.getErr())
        .run(DemoCommand::fill);
  }

  /** In memory, unless somebody says where else. */
  static Map<String, String> environment(Map<String, String> given) {
    Map<String, String> environment = new HashMap<>(given);
    if (!environment.containsKey("STORAGE_PATH")) {
      environment.put("ENABLE_PERSISTENCE", "false");
    }
    if (!environment.getOrDefault("AUTH_MODE", "open").equals("open")) {
      throw new OptionException(
          "AUTH_MODE=%s: the demo's key is no secret, so it needs AUTH_MODE=open on a loopback HOST"
              .formatted(environment.get("AUTH_MODE")));
    }
    environment.put("AUTH_MODE", "open");
    return environment;
  }

  /** Puts the sample in, unless it is there, and says what to try. */
  static void fill(MemryxServer server, PrintWriter out) throws IOException, InterruptedException {
    TenantId tenant = TenantId.ofOpenKey(KEY);
    boolean there =
        server.collections().list(tenant).stream().anyMatch(view -> view.name().equals(COLLECTION));
    if (!there) {
      List<Entry> entries = DemoSample.packaged().entries();
      for (int from = 0; from < entries.size(); from += BATCH) {
        int to = Math.min(entries.size(), from + BATCH);
        server.upserts().add(tenant, COLLECTION, entries.subList(from, to));
      }
      build(server, tenant);
    }
    tell(server, tenant, out);
  }

  private static void build(MemryxServer server, TenantId tenant)
      throws IOException, InterruptedException {
    String buildId = server.builds().begin(tenant, COLLECTION, Optional.empty()).buildId();
    BuildStatus status = server.builds().await(tenant, buildId).orElseThrow();
    BuildStatus.Failure failure = status.failure();
    if (failure != null) {
      throw new IOException("the sample's index could not be built: " + failure.reason());
    }
  }

  private static void tell(MemryxServer server, TenantId tenant, PrintWriter out) {
    int vectors = server.collections().view(tenant, COLLECTION).stats().vectors();
    out.printf(
        """

        %,d glosses of WordNet are in collection '%s'. What is near to a bicycle?

          curl -s http://127.0.0.1:%d/v1/collections/%s/search \\
            -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \\
            -d '{"id": "%s", "k": 5}'

        Expect a tricycle, a unicycle, a scooter. Ctrl-C ends the demo.
        """,
        vectors, COLLECTION, server.port(), COLLECTION, KEY, QUERY_ID);
    out.flush();
  }
}
