package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.exchange.HalfRowsWriter;
import io.memryx.persistence.exchange.VecsWriter;
import io.memryx.persistence.exchange.VectorShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportExportTest {
  private static final int DIMENSION = 6;

  @TempDir private Path directory;

  private final SplittableRandom random = new SplittableRandom(11);

  private record Ended(int code, String out, String err) {}

  private static Ended run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Ended(code, out.toString(), err.toString());
  }

  private Path store() {
    return directory.resolve("store");
  }

  private Ended importInto(String collection, Path file, String... more) {
    List<String> arguments = new ArrayList<>(List.of("import", file.toString()));
    arguments.addAll(List.of("--collection", collection, "--store", store().toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private Ended exportFrom(String collection, Path file, String... more) {
    List<String> arguments = new ArrayList<>(List.of("export", file.toString()));
    arguments.addAll(List.of("--collection", collection, "--store", store().toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private float[] vector() {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private List<Entry> entries(int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Metadata metadata = Metadata.builder().put("n", i).put("half", i / 2.0).build();
      entries.add(Entry.of("id-" + i, vector(), metadata));
    }
    return entries;
  }

  private Path lines(String... lines) throws IOException {
    Path file = directory.resolve("in.ndjson");
    return Files.write(file, List.of(lines));
  }

  private static String line(String id, String values) {
    return "{\"id\":\"%s\",\"values\":%s}".formatted(id, values);
  }

  @Test
  void export_lossless_isTakenBackBitByBit() throws IOException {
    List<Entry> entries = entries(4_500);
    try (DurableVectorStore made = DurableVectorStore.open(store())) {
      VectorCollection first =
          made.collection(
              "first", new CollectionOptions(DIMENSION, Metric.L2, Compression.LOSSLESS));
      first.upsert(entries);
      first.build(BuildRequest.defaults());
    }
    Path file = directory.resolve("all.ndjson");
    Ended exported = exportFrom("first", file);
    assertEquals(new Ended(0, "exported 4,500 entries" + System.lineSeparator(), ""), exported);

    Ended imported = importInto("second", file, "--metric", "l2", "--compression", "lossless");
    assertEquals(0, imported.code(), imported.err());
    assertTrue(
        imported.out().startsWith("imported 4,500 entries (0 replaced, 0 skipped); built"),
        imported.out());

    Path again = directory.resolve("again.ndjson");
    assertEquals(0, exportFrom("second", again).code());
    assertEquals(-1, Files.mismatch(file, again));
    try (DurableVectorStore opened = DurableVectorStore.open(store())) {
      VectorCollection second = opened.find("second").orElseThrow();
      assertEquals(Metric.L2, second.options().metric());
      for (Entry entry : entries) {
        assertEquals(entry, second.get(entry.id()).orElseThrow());
      }
    }
  }

  @Test
  void export_compact_marksApproximationsAndImportTakesThem() throws IOException {
    try (DurableVectorStore made = DurableVectorStore.open(store())) {
      VectorCollection first = made.collection("first", CollectionOptions.of(DIMENSION));
      first.upsert(entries(4_500));
      first.build(BuildRequest.defaults());
    }
    Path file = directory.resolve("all.ndjson");
    Ended exported = exportFrom("first", file, "--filter", "{\"n\":{\"lt\":100}}");
    assertTrue(exported.out().contains("100 of them approximations"), exported.out());
    List<String> lines = Files.readAllLines(file);
    assertEquals(100, lines.size());
    assertTrue(lines.stream().allMatch(line -> line.endsWith("\"approximate\":true}")));
    Ended imported = importInto("second", file);
    assertTrue(imported.out().contains("100 of them approximations"), imported.out());
  }

  @Test
  void import_fvecs_hasRowNumbersOrGivenIds() throws IOException {
    List<float[]> rows = List.of(vector(), vector(), vector());
    Path file = directory.resolve("rows.fvecs");
    VecsWriter.floats(file, rows);
    assertEquals(0, importInto("numbers", file, "--compression", "LOSSLESS").code());
    Path ids = Files.write(directory.resolve("ids.txt"), List.of("a", "b", "c"));
    assertEquals(0, importInto("names", file, "--ids", ids.toString()).code());
    try (DurableVectorStore opened = DurableVectorStore.open(store())) {
      assertArrayEquals(
          rows.get(2), opened.find("numbers").orElseThrow().get("2").orElseThrow().vector());
      assertArrayEquals(
          rows.get(1), opened.find("names").orElseThrow().get("b").orElseThrow().vector());
    }
    Path tooFew = Files.write(directory.resolve("few.txt"), List.of("a"));
    Ended refused = importInto("names", file, "--ids", tooFew.toString());
    assertEquals(5, refused.code());
    assertTrue(refused.err().contains("has 1 lines"), refused.err());
  }

  @Test
  void import_float16_isWidened() throws IOException {
    Path file = directory.resolve("rows.npy");
    try (var out = HalfRowsWriter.create(file, new VectorShape(2, 2))) {
      out.write(new float[] {1, -0.5f}, 0);
      out.write(new float[] {0.25f, 3}, 0);
    }
    assertEquals(0, importInto("halves", file).code());
    try (DurableVectorStore opened = DurableVectorStore.open(store())) {
      assertArrayEquals(
          new float[] {0.25f, 3},
          opened.find("halves").orElseThrow().get("1").orElseThrow().vector());
    }
  }

  @Test
  void import_tenantOfAServersDirectory_isThatTenants() throws IOException {
    Path file = lines(line("a", "[1,2]"));
    assertEquals(0, importInto("docs", file, "--tenant", "acme").code());
    try (TestServer server =
        TestServer.onDisk(store(), "AUTH_MODE", "keys", "API_KEYS", "acme=secret-of-acme")) {
      var answer =
          server.send(
              server
                  .request("/v1/collections/docs/vectors/a?include=values")
                  .header("Authorization", "Bearer secret-of-acme"));
      assertEquals(200, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("[1.0,2.0]"), answer.body());
    }
    Ended withoutTenant = exportFrom("docs", directory.resolve("x.ndjson"));
    assertEquals(2, withoutTenant.code());
    assertTrue(withoutTenant.err().contains("--tenant"), withoutTenant.err());
    assertTrue(withoutTenant.err().contains("acme"), withoutTenant.err());
    assertEquals(2, importInto("other", file).code());
    assertEquals(0, exportFrom("docs", directory.resolve("x.ndjson"), "--tenant", "acme").code());
  }

  @Test
  void import_sameIdTwice_laterOneWins() throws IOException {
    Path file = lines(line("a", "[1,2]"), line("b", "[3,4]"), line("a", "[5,6]"));
    Ended ended = importInto("docs", file);
    assertTrue(ended.out().startsWith("imported 3 entries (1 replaced"), ended.out());
    try (DurableVectorStore opened = DurableVectorStore.open(store())) {
      VectorCollection docs = opened.find("docs").orElseThrow();
      assertEquals(2, docs.size());
      assertArrayEquals(new float[] {5, 6}, docs.get("a").orElseThrow().vector());
    }
  }

  private void assertRefused(int code, String said, Ended ended) {
    assertEquals(code, ended.code(), ended.err());
    assertTrue(ended.err().contains(said), ended.err());
    assertEquals("", ended.out());
    try (DurableVectorStore opened = DurableVectorStore.open(store())) {
      assertTrue(opened.find("docs").isEmpty(), "nothing is durable");
    }
  }

  @Test
  void import_faultyLine_namesItAndImportsNothing() throws IOException {
    Path file = lines(line("a", "[1,2]"), "", line("b", "[1,2,3]"));
    assertRefused(5, "line 3: vector has 3 dimensions", importInto("docs", file));
    assertRefused(
        5,
        "line 2: component 1",
        importInto("docs", lines(line("a", "[1,2]"), line("b", "[1,NaN]"))));
    assertRefused(5, "line 1: not valid JSON", importInto("docs", lines("{\"id\":")));
    assertRefused(5, "line 1: dimension 0", importInto("docs", lines(line("a", "[]"))));
    assertRefused(5, "no entry in it", importInto("docs", lines("", " ")));
  }

  @Test
  void import_moreFaultsThanAreToldAtOnce_areAllSkipped() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      lines.add(line("id-" + i, i % 3 == 0 ? "[1,2]" : "[0,0]"));
    }
    Ended ended = importInto("docs", lines(lines.toArray(String[]::new)), "--on-error", "skip");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(
        ended.out().startsWith("imported 300 entries (0 replaced, 600 skipped)"), ended.out());
    assertTrue(ended.err().contains("further ones are counted only"), ended.err());
  }

  @Test
  void import_skippingFaults_takesTheOthersAndTellsOfEach() throws IOException {
    Path file =
        lines(
            line("a", "[1,2]"),
            "nonsense",
            line("b", "[1,2,3]"),
            line("", "[1,2]"),
            line("c", "[3,4]"));
    Ended ended = importInto("docs", file, "--on-error", "skip");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().startsWith("imported 2 entries (0 replaced, 3 skipped)"), ended.out());
    for (String place : List.of("skipped line 2:", "skipped line 3:", "skipped line 4:")) {
      assertTrue(ended.err().contains(place), ended.err());
    }
    assertRefusedAllSkipped(importInto("none", lines("nonsense"), "--on-error", "skip"));
  }

  private static void assertRefusedAllSkipped(Ended ended) {
    assertEquals(5, ended.code());
    assertTrue(ended.err().contains("all 1 entries in it were skipped"), ended.err());
  }

  @Test
  void import_truncatedOrUnknownFile_isRefusedWithItsPlace() throws IOException {
    Path whole = directory.resolve("rows.fvecs");
    VecsWriter.floats(whole, List.of(vector(), vector()));
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = directory.resolve("cut.fvecs");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 3));
    assertRefused(5, "byte 28: row 1 is cut off", importInto("docs", cut));
    Path empty = Files.createFile(directory.resolve("empty.npy"));
    assertRefused(5, "the file ends", importInto("docs", empty));
    Path nan = directory.resolve("nan.fvecs");
    VecsWriter.floats(nan, List.of(vector(), new float[] {1, 2, Float.NaN, 4, 5, 6}));
    assertRefused(5, "row 1 (byte 32): component 2 of the vector is NaN", importInto("docs", nan));
    Path unknown = Files.createFile(directory.resolve("rows.csv"));
    assertRefused(5, "rows.csv ends like no format that is known", importInto("docs", unknown));
    assertRefused(5, "NoSuchFile", importInto("docs", directory.resolve("missing.ndjson")));
  }

  @Test
  void import_collectionWithOtherOptions_isRefused() throws IOException {
    Path file = lines(line("a", "[1,2]"));
    assertEquals(0, importInto("docs", file, "--metric", "dot").code());
    assertEquals(0, importInto("docs", file).code(), "what is not said is as it is");
    Ended ended = importInto("docs", file, "--metric", "l2");
    assertEquals(2, ended.code());
    assertTrue(ended.err().contains("metric dot and compression compact"), ended.err());
    Ended wrong = importInto("docs", lines(line("a", "[1,2,3]")));
    assertEquals(5, wrong.code());
    assertTrue(wrong.err().contains("collection 'docs' expects 2"), wrong.err());
  }

  @Test
  void import_storeInUse_is3() throws IOException {
    Path file = lines(line("a", "[1,2]"));
    try (DurableVectorStore _ = DurableVectorStore.open(store())) {
      assertEquals(3, importInto("docs", file).code());
    }
  }

  @Test
  void commands_wrongUsage_is2() throws IOException {
    String file = lines(line("a", "[1,2]")).toString();
    assertEquals(2, run("import", file, "--collection", "docs").code());
    assertEquals(
        2, run("import", file, "--store", "x", "--url", "http://x", "--collection", "d").code());
    assertEquals(2, run("import", file, "--store", store().toString()).code());
    assertEquals(2, importInto("No Name", Path.of(file)).code());
    assertEquals(
        2, run("import", file, "--collection", "d", "--url", "ftp://x", "--key", "k").code());
  }

  @Test
  void export_nothingThere_saysWhatIsAndLeavesNoFile() throws IOException {
    Path file = directory.resolve("out.ndjson");
    assertEquals(2, exportFrom("docs", file).code());
    assertFalse(Files.exists(store()), "an export makes no store");
    assertEquals(0, importInto("docs", lines(line("a", "[1,2]"))).code());
    Ended ended = exportFrom("other", file);
    assertEquals(2, ended.code());
    assertTrue(ended.err().contains("it has: docs"), ended.err());
    Ended filtered = exportFrom("docs", file, "--filter", "{\"n\":{\"less\":1}}");
    assertEquals(2, filtered.code());
    assertTrue(filtered.err().contains("--filter"), filtered.err());
    try (var left = Files.list(directory)) {
      assertTrue(left.noneMatch(path -> path.toString().contains("out.ndjson")));
    }
  }
}
