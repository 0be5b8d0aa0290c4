package io.memryx.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.AutomaticBuild;
import io.memryx.BuildCancelledException;
import io.memryx.BuildProgress.Phase;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.MemoryBudgetException;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.StoreOptions;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DurableVectorStoreTest {
  private static final int DIMENSION = 24;

  /** Entries enough for an index. */
  private static final int INDEXED = 5_000;

  private static final CollectionOptions OPTIONS = CollectionOptions.of(DIMENSION);

  @TempDir private Path directory;

  private final List<String> lines = new ArrayList<>();
  private final Logger logger = Logger.getLogger("io.memryx.persistence");
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          lines.add(record.getLevel() + " " + new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    logger.setUseParentHandlers(false);
    logger.addHandler(listener);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(listener);
    logger.setUseParentHandlers(true);
    logger.setLevel(Level.OFF);
  }

  private static Stream<CollectionOptions> everyOptions() {
    return Stream.of(Metric.values())
        .flatMap(
            metric ->
                Stream.of(Compression.values())
                    .map(compression -> new CollectionOptions(DIMENSION, metric, compression)));
  }

  @ParameterizedTest
  @MethodSource("everyOptions")
  void reopen_afterBuild_givesTheSameAnswers(CollectionOptions options) {
    List<List<Neighbor>> before;
    Entry seventh;
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", options);
      docs.upsert(entries(0, INDEXED));
      docs.build(BuildRequest.defaults());
      before = answers(docs);
      seventh = docs.get("id-7").orElseThrow();
      assertTrue(docs.stats().index().lists() > 0, "an index was built");
      assertEquals(0, docs.stats().bytes().originals());
    }
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.find("docs").orElseThrow();
      assertEquals(options, docs.options());
      assertEquals(INDEXED, docs.stats().vectors());
      assertEquals(before, answers(docs));
      assertEquals(seventh, docs.get("id-7").orElseThrow());
      assertEquals(0, docs.stats().bytes().originals());
    }
    assertEquals(List.of(), StoreVerifier.verify(directory).findings());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void reopen_tooFewForAnIndex_givesTheEntriesBack(Compression compression) {
    List<List<Neighbor>> before;
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS.withCompression(compression));
      docs.upsert(entries(0, 300));
      docs.build(BuildRequest.defaults());
      before = answers(docs);
    }
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.find("docs").orElseThrow();
      assertEquals(compression, docs.options().compression());
      assertEquals(before, answers(docs));
      assertEquals(entries(7, 8).getFirst(), docs.get("id-7").orElseThrow());
    }
  }

  /** Written by the engine of format 1: codes of one byte a dimension, and the vectors. */
  @Test
  void goldenStore_ofFormat1_givesItsEntriesAndIsFormat2AfterTheNextBuild() throws IOException {
    String name = "docs-ed75f45e";
    Path golden = Path.of("src/test/resources/golden/format-1-entries").resolve(name);
    Files.createDirectory(directory.resolve(name));
    try (var files = Files.list(golden)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(name).resolve(file.getFileName()));
      }
    }
    for (int opening = 1; opening <= 2; opening++) {
      try (var store = DurableVectorStore.open(directory)) {
        VectorCollection docs = store.find("docs").orElseThrow();
        assertEquals(new CollectionOptions(4, Metric.L2), docs.options());
        assertEquals(20, docs.stats().vectors());
        for (int i = 0; i < 20; i++) {
          float[] vector = {i, i * 0.5f, -i, 1f / (i + 1)};
          Entry expected = Entry.of("id-" + i, vector, Metadata.of("text", "\u00fcber " + i));
          assertEquals(expected, docs.get("id-" + i).orElseThrow());
        }
        assertEquals(opening, Files.readAllBytes(latest())[8], "format version");
        docs.upsert(
            List.of(
                Entry.of("id-0", new float[] {0, 0, 0, 1}, Metadata.of("text", "\u00fcber 0"))));
        docs.build(BuildRequest.defaults());
      }
    }
    assertEquals(List.of(), StoreVerifier.verify(directory).findings());
  }

  @Test
  void lossless_overSeveralBuildsAndOpenings_givesEveryEntryBack() {
    var lossless = OPTIONS.withCompression(Compression.LOSSLESS);
    for (int build = 1; build <= 3; build++) {
      try (var store = DurableVectorStore.open(directory)) {
        VectorCollection docs = store.collection("docs", lossless);
        docs.upsert(entries(INDEXED * (build - 1) / 2, INDEXED * build));
        docs.build(BuildRequest.defaults());
        assertEntries(docs, INDEXED * build);
      }
    }
    try (var store = DurableVectorStore.open(directory)) {
      assertEntries(store.find("docs").orElseThrow(), 3 * INDEXED);
    }
  }

  private static void assertEntries(VectorCollection docs, int count) {
    assertEquals(count, docs.stats().vectors());
    for (Entry entry : entries(0, count)) {
      assertEquals(entry, docs.get(entry.id()).orElseThrow());
    }
  }

  @Test
  void lossless_aStoredVectorDamaged_failsWhatTouchesItAndServesTheRest() throws IOException {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs =
          store.collection("docs", OPTIONS.withCompression(Compression.LOSSLESS));
      docs.upsert(entries(0, INDEXED));
      docs.build(BuildRequest.defaults());
    }
    flipVector(INDEXED - 1);
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.find("docs").orElseThrow();
      assertEquals(entries(7, 8).getFirst(), docs.get("id-7").orElseThrow());
      String last = "id-" + (INDEXED - 1);
      var damage = assertThrows(CorruptSnapshotException.class, () -> docs.get(last));
      assertTrue(damage.file().contains("snap-"), damage.file());
      docs.upsert(entries(INDEXED, INDEXED + 10));
      assertThrows(CorruptSnapshotException.class, () -> docs.build(BuildRequest.defaults()));
      assertEquals(INDEXED + 10, docs.stats().vectors());
      assertEquals(10, docs.stats().hotBuffer());
    }
  }

  /** Changes the stored form of one entry's vector. */
  private void flipVector(int entry) throws IOException {
    byte[] bytes = Files.readAllBytes(latest());
    ByteBuffer stored = ByteBuffer.allocate(DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    stored.asFloatBuffer().put(entries(entry, entry + 1).getFirst().vector());
    int at = bytes.length - stored.capacity();
    while (!Arrays.equals(
        bytes, at, at + stored.capacity(), stored.array(), 0, stored.capacity())) {
      at--;
    }
    bytes[at] ^= 1;
    Files.write(latest(), bytes);
  }

  @Test
  void reopen_afterSeveralBuilds_givesTheLast() {
    for (int build = 1; build <= 3; build++) {
      try (var store = DurableVectorStore.open(directory)) {
        VectorCollection docs = store.collection("docs", OPTIONS);
        assertEquals((build - 1) * 100, docs.stats().vectors());
        docs.upsert(entries(100 * (build - 1), 100 * build));
        docs.build(BuildRequest.defaults());
      }
    }
    VerifyReport.CollectionReport docs = StoreVerifier.verify(directory).collections().getFirst();
    // The first, empty one, and of each opening one that took over and one that was built.
    assertEquals(7, docs.newestSound());
    assertEquals(300, docs.entries());
  }

  @Test
  void log_saysInTheWordsThatOperatorsLookFor() throws IOException {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      docs.upsert(entries(0, 1_000));
      docs.build(BuildRequest.defaults());
    }
    DurableVectorStore.open(directory).close();
    Path latest = latest();
    assertEquals(
        List.of(
            "INFO Snapshot saved: " + latest + " (1000 vectors)",
            "INFO Snapshot loaded: " + latest + " (1000 vectors)"),
        lines);
  }

  @Test
  void load_newestSnapshotDamaged_fallsBackLosesNothingAndSaysSo() throws IOException {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      for (int build = 1; build <= 2; build++) {
        docs.upsert(entries(0, 100 * build));
        docs.build(BuildRequest.defaults());
      }
    }
    byte[] bytes = Files.readAllBytes(latest());
    bytes[bytes.length / 2] ^= 1;
    Files.write(latest(), bytes);
    lines.clear();
    try (var store = DurableVectorStore.open(directory)) {
      assertEquals(200, store.find("docs").orElseThrow().stats().vectors());
      assertEquals(StoreCondition.State.DEGRADED, store.condition().state());
    }
    assertTrue(lines.getFirst().startsWith("SEVERE "), lines.toString());
    assertTrue(lines.getFirst().contains(" is damaged at offset "), lines.toString());
    assertTrue(lines.getFirst().contains("Generation 3 serves instead, from "), lines.toString());
    assertTrue(lines.getFirst().contains("nothing is lost"), lines.toString());
    assertTrue(
        lines.getLast().startsWith("INFO 1 changes replayed from the log: "), lines.toString());
  }

  @Test
  void open_everythingDamaged_isRefusedAndTheDirectoryReleased() throws IOException {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      docs.upsert(entries(0, 10));
      docs.build(BuildRequest.defaults());
    }
    for (Path file : generations()) {
      if (file.getFileName().toString().startsWith("snap-")) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
    assertThrows(CorruptSnapshotException.class, () -> DurableVectorStore.open(directory));
    FileSnapshotStore.open(directory).close();
  }

  private List<Path> allFiles() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted().toList();
    }
  }

  /** All but the log: a build that is given up may leave that in more parts. */
  private List<Path> generations() throws IOException {
    return allFiles().stream()
        .filter(file -> !file.getFileName().toString().startsWith("wal-"))
        .toList();
  }

  @Test
  void build_cancelledWhenTheCommitIsAnnounced_leavesGenerationsAsTheyWere() throws IOException {
    var cancelled = new AtomicBoolean();
    BuildRequest request =
        BuildRequest.defaults()
            .withCancellation(cancelled::get)
            .withProgress(progress -> cancelled.set(progress.phase() == Phase.COMMIT));
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      for (int generation = 0; generation < 2; generation++) {
        docs.upsert(entries(50 * generation, 50 * generation + 50));
        List<Path> before = generations();
        assertThrows(BuildCancelledException.class, () -> docs.build(request));
        assertEquals(before, generations());
        assertEquals(50, docs.stats().hotBuffer());
        cancelled.set(false);
        docs.build(BuildRequest.defaults());
        assertEquals(0, docs.stats().hotBuffer());
      }
    }
    assertEquals(List.of(), StoreVerifier.verify(directory).findings());
  }

  @Test
  void drop_collection_staysGoneAfterARestart() throws IOException {
    try (var store = DurableVectorStore.open(directory)) {
      for (String name : List.of("docs", "other")) {
        VectorCollection collection = store.collection(name, OPTIONS);
        collection.upsert(entries(0, INDEXED));
        collection.build(BuildRequest.defaults());
      }
      assertTrue(store.drop("docs"));
      assertFalse(store.drop("docs"));
      assertEquals(List.of("other"), names(store));
    }
    try (var store = DurableVectorStore.open(directory)) {
      assertEquals(List.of("other"), names(store));
      VectorCollection again =
          store.collection("docs", OPTIONS.withCompression(Compression.LOSSLESS));
      assertEquals(0, again.size());
      again.upsert(entries(0, 9));
      again.build(BuildRequest.defaults());
    }
    try (var store = DurableVectorStore.open(directory)) {
      assertEquals(List.of("docs", "other"), names(store));
      assertEquals(9, store.find("docs").orElseThrow().size());
      store.drop("docs");
      store.drop("other");
    }
    assertEquals(List.of(directory, directory.resolve("LOCK")), allFiles());
    assertEquals(List.of(), StoreVerifier.verify(directory).findings());
  }

  private static List<String> names(VectorStore store) {
    return store.collections().stream().map(VectorCollection::name).toList();
  }

  @Test
  void build_afterEverythingWasDeleted_isEmptyAfterARestart() {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      docs.upsert(entries(0, INDEXED));
      docs.build(BuildRequest.defaults());
      assertEquals(INDEXED, docs.delete(entries(0, INDEXED).stream().map(Entry::id).toList()));
      assertEquals(0, docs.build(BuildRequest.defaults()).vectors());
    }
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.find("docs").orElseThrow();
      assertEquals(0, docs.size());
      docs.upsert(entries(0, 3));
      assertEquals(3, docs.size());
    }
  }

  @Test
  void open_overTheMemoryBudget_isRefusedAndReleasesTheDirectory() {
    long used;
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      docs.upsert(entries(0, INDEXED));
      docs.build(BuildRequest.defaults());
    }
    try (var store = DurableVectorStore.open(directory)) {
      used = store.memoryUsed();
    }
    for (long tooLittle : new long[] {1, used - 1}) {
      var options = StoreOptions.defaults().withMemoryBudget(tooLittle);
      var refusal =
          assertThrows(
              MemoryBudgetException.class, () -> DurableVectorStore.open(directory, options));
      assertTrue(refusal.toString().contains("docs"), refusal.toString());
    }
    try (var store =
        DurableVectorStore.open(directory, StoreOptions.defaults().withMemoryBudget(used))) {
      assertEquals(used, store.memoryBudget());
      assertEquals(used, store.memoryUsed());
      assertEquals(INDEXED, store.find("docs").orElseThrow().size());
    }
  }

  @Test
  void open_manyCollections_loadsAllAndKeepsToTheBudget() {
    int many = 200;
    float[] vector = new float[DIMENSION];
    Arrays.fill(vector, 1);
    try (var snapshots = new InMemorySnapshotStore()) {
      try (var store = DurableVectorStore.open(snapshots, "")) {
        for (int number = 0; number < many; number++) {
          VectorCollection made = store.collection("collection-" + number, OPTIONS);
          made.upsert(List.of(Entry.of("entry-" + number, vector)));
          made.build(BuildRequest.defaults());
        }
      }
      long used;
      try (var store = DurableVectorStore.open(snapshots, "")) {
        assertEquals(many, store.collections().size());
        for (int number = 0; number < many; number++) {
          assertTrue(store.find("collection-" + number).orElseThrow().contains("entry-" + number));
        }
        used = store.memoryUsed();
      }
      StoreOptions enough = StoreOptions.defaults().withMemoryBudget(used);
      try (var store = DurableVectorStore.open(snapshots, "", enough)) {
        assertEquals(used, store.memoryUsed());
      }
      StoreOptions tooLittle = StoreOptions.defaults().withMemoryBudget(used - 1);
      assertThrows(
          MemoryBudgetException.class, () -> DurableVectorStore.open(snapshots, "", tooLittle));
    }
  }

  @Test
  void upsert_pastTheSizeOfAnAutomaticBuild_isDurable() throws InterruptedException {
    var committed = new CountDownLatch(1);
    var automatic =
        AutomaticBuild.defaults()
            .withHotEntries(100)
            .withRequest(
                BuildRequest.defaults()
                    .withProgress(
                        progress -> {
                          if (progress.phase() == Phase.COMMIT && progress.done() == 1) {
                            committed.countDown();
                          }
                        }));
    var options = StoreOptions.defaults().withAutomaticBuild(automatic);
    try (var store = DurableVectorStore.open(directory, options)) {
      store.collection("docs", OPTIONS).upsert(entries(0, 100));
      committed.await();
    }
    try (var store = DurableVectorStore.open(directory)) {
      assertEquals(100, store.find("docs").orElseThrow().size());
    }
  }

  /** A store whose caller is interrupted as soon as it saves. */
  private record InterruptingStore(SnapshotStore store) implements SnapshotStore {
    @Override
    public List<String> keys() {
      return store.keys();
    }

    @Override
    public SavedSnapshot save(String key, Snapshot snapshot) {
      Thread.currentThread().interrupt();
      return store.save(key, snapshot);
    }

    @Override
    public Optional<LoadedSnapshot> load(
        String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
      return store.load(key, assemblers);
    }

    @Override
    public ChangeLog log(String key) {
      return store.log(key);
    }

    @Override
    public StoreCondition condition() {
      return store.condition();
    }

    @Override
    public boolean delete(String key) {
      return store.delete(key);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @Test
  void build_interruptedWhileItIsSaved_isCommittedAndKeepsTheInterrupt() {
    List<List<Neighbor>> answers;
    try (var snapshots = new InterruptingStore(FileSnapshotStore.open(directory));
        var store = DurableVectorStore.open(snapshots, "")) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      assertTrue(Thread.interrupted(), "its first, empty generation was saved");
      docs.upsert(entries(0, INDEXED));
      assertEquals(INDEXED, docs.build(BuildRequest.defaults()).vectors());
      assertTrue(Thread.interrupted());
      assertEquals(0, docs.stats().hotBuffer());
      answers = answers(docs);
    }
    try (var store = DurableVectorStore.open(directory)) {
      assertEquals(answers, answers(store.find("docs").orElseThrow()));
    }
    assertEquals(List.of(), StoreVerifier.verify(directory).findings());
  }

  @Test
  void entries_lossless_interruptedThread_readsMappedVectorsAndDamagesNothing() {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs =
          store.collection("docs", OPTIONS.withCompression(Compression.LOSSLESS));
      docs.upsert(entries(0, INDEXED));
      docs.build(BuildRequest.defaults());
    }
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.find("docs").orElseThrow();
      Entry seventh = entries(7, 8).getFirst();
      Thread.currentThread().interrupt();
      // Nothing is checked or mapped in memory yet: the first touch of everything is interrupted.
      List<Entry> interrupted = docs.entries().toList();
      assertEquals(seventh, docs.get("id-7").orElseThrow());
      assertTrue(Thread.interrupted());
      assertEquals(interrupted, docs.entries().toList());
      List<List<Neighbor>> answers = answers(docs);
      docs.upsert(List.of(seventh));
      docs.build(BuildRequest.defaults());
      assertEquals(answers, answers(docs));
    }
    assertEquals(List.of(), StoreVerifier.verify(directory).findings());
  }

  @Test
  void build_snapshotCanNotBeSaved_leavesTheCollectionAsItWas() {
    var snapshots = new InMemorySnapshotStore();
    var store = DurableVectorStore.open(snapshots, "acme/");
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(entries(0, 50));
    snapshots.close();
    assertThrows(IllegalStateException.class, () -> docs.build(BuildRequest.defaults()));
    assertEquals(50, docs.stats().hotBuffer());
    assertEquals(50, docs.stats().vectors());
  }

  @Test
  void open_withPrefix_seesItsOwnCollectionsOnly() {
    try (var snapshots = new InMemorySnapshotStore()) {
      for (String prefix : List.of("acme/", "globex/", "ac")) {
        try (var store = DurableVectorStore.open(snapshots, prefix)) {
          VectorCollection docs = store.collection("docs", OPTIONS);
          docs.upsert(entries(0, prefix.length()));
          docs.build(BuildRequest.defaults());
        }
      }
      assertEquals(List.of("acdocs", "acme/docs", "globex/docs"), snapshots.keys());
      try (var store = DurableVectorStore.open(snapshots, "acme/")) {
        assertEquals(
            List.of("docs"), store.collections().stream().map(VectorCollection::name).toList());
        assertEquals(5, store.find("docs").orElseThrow().stats().vectors());
      }
      assertFalse(snapshots.keys().isEmpty(), "a borrowed store was closed");
    }
  }

  /** A store of many tenants is opened tenant by tenant: each must not look at all of them. */
  @Test
  void open_withPrefix_neverAsksForAllKeys() {
    try (var snapshots = new InMemorySnapshotStore()) {
      var asked = new ArrayList<String>();
      var watched =
          (SnapshotStore)
              Proxy.newProxyInstance(
                  SnapshotStore.class.getClassLoader(),
                  new Class<?>[] {SnapshotStore.class},
                  (_, method, arguments) -> {
                    asked.add(method.getName() + Arrays.toString(arguments));
                    return method.invoke(snapshots, arguments);
                  });
      DurableVectorStore.open(watched, "acme/").close();
      assertEquals(List.of("keys[acme/]"), asked);
    }
  }

  @Test
  void collection_againWithOtherOptions_isRefused() {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      assertSame(docs, store.collection("docs", OPTIONS));
      assertThrows(
          IllegalStateException.class,
          () -> store.collection("docs", OPTIONS.withMetric(Metric.L2)));
      assertThrows(ValidationException.class, () -> store.collection("../docs", OPTIONS));
      assertTrue(store.find("other").isEmpty());
    }
  }

  @Test
  void anything_afterClose_isRefused() {
    var store = DurableVectorStore.open(directory);
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(entries(0, 5));
    store.close();
    store.close();
    assertThrows(IllegalStateException.class, () -> store.collection("docs", OPTIONS));
    assertThrows(IllegalStateException.class, () -> store.find("docs"));
    assertThrows(IllegalStateException.class, store::collections);
    assertThrows(IllegalStateException.class, () -> docs.build(BuildRequest.defaults()));
  }

  private Path latest() throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(file -> file.endsWith("snapshot_latest.mrx")).findFirst().orElseThrow();
    }
  }

  private static List<Entry> entries(int from, int to) {
    List<Entry> entries = new ArrayList<>();
    for (int i = from; i < to; i++) {
      var random = new SplittableRandom(i);
      float[] vector = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        vector[j] = (float) random.nextDouble(-1, 1);
      }
      entries.add(Entry.of("id-" + i, vector, Metadata.of("text", "\u00fcber " + i)));
    }
    return entries;
  }

  private static List<List<Neighbor>> answers(VectorCollection collection) {
    return entries(5_000, 5_050).stream()
        .map(query -> collection.search(SearchRequest.of(query.vector(), 10)).neighbors())
        .toList();
  }
}
