package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.SampleSnapshots;
import io.memryx.persistence.internal.file.GenerationChain.Loaded;
import io.memryx.persistence.internal.file.GenerationChain.Saved;
import io.memryx.persistence.internal.file.Manifest.LogSpan;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotMeta;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The protocol of generations on objects that are no files. */
class GenerationChainTest {
  private static final String KEY = "acme/docs";

  private final MemoryObjects objects = new MemoryObjects();
  private long uuids;

  private GenerationChain.Writer writer() {
    return new GenerationChain.Writer(uuid(), this::uuid);
  }

  private UUID uuid() {
    return new UUID(0, ++uuids);
  }

  private GenerationChain create() {
    return new GenerationChain(objects, writer(), KEY);
  }

  private GenerationChain reopen() throws IOException {
    GenerationChain chain = GenerationChain.open(objects, writer());
    assertNotNull(chain);
    return chain;
  }

  /** Of so many entries, up to a change of the same number. */
  private static Snapshot snapshot(int number) {
    Snapshot sample = SampleSnapshots.snapshot(number, number);
    SnapshotMeta meta = sample.meta();
    return new Snapshot(
        new SnapshotMeta(meta.options(), meta.entries(), meta.lists(), meta.quantizer(), number),
        sample.sections());
  }

  private static Loaded load(GenerationChain chain) throws IOException {
    return chain.load(SampleSnapshots.Assembler::new).orElseThrow();
  }

  private static long entries(Loaded loaded) {
    return loaded.collection().snapshot().meta().entries();
  }

  private List<String> names(String prefix) {
    return objects.list().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  private String fileOf(long number) throws IOException {
    return Generations.readManifest(objects, number).image().file();
  }

  private void damage(String name) {
    byte[] bytes = Objects.requireNonNull(objects.objects.get(name)).clone();
    bytes[bytes.length / 2] ^= 1;
    objects.objects.put(name, bytes);
  }

  @Test
  void open_nothingThere_isNull() throws IOException {
    assertNull(GenerationChain.open(objects, writer()));
  }

  @Test
  void load_afterSaves_isTheNewestWithItsPlaceInTheLog() throws IOException {
    GenerationChain chain = create();
    chain.save(snapshot(3), new LogSpan(1, 2));
    chain.save(snapshot(5), new LogSpan(3, 3));
    Loaded loaded = load(reopen());
    assertEquals(5, entries(loaded));
    assertEquals(5, loaded.manifest().image().lastSequence());
    assertEquals(new LogSpan(3, 3), loaded.manifest().log());
    assertEquals(3, loaded.newestSegment());
    assertEquals(List.of(), loaded.damages());
  }

  @Test
  void save_commitsAfterTheSnapshotIsThereAndDeletesAfterTheCommit() throws IOException {
    GenerationChain chain = create();
    chain.save(snapshot(1), new LogSpan(1, 0));
    chain.save(snapshot(2), new LogSpan(2, 2));
    String first = fileOf(1);
    objects.done.clear();
    chain.save(snapshot(3), new LogSpan(3, 3));
    assertEquals(
        List.of(
            "put " + fileOf(3),
            "createIfAbsent MANIFEST-0000000000000003",
            "put snapshot_latest.mrx",
            "delete MANIFEST-0000000000000001",
            "delete " + first),
        objects.done);
  }

  @Test
  void save_keepsTwoDistinctSoundSnapshotsAndTheLogOfTheOlder() throws IOException {
    GenerationChain chain = create();
    Saved first = chain.save(snapshot(1), new LogSpan(1, 0));
    assertEquals(OptionalLong.empty(), first.logFloor());
    chain.claim(1);
    Saved second = chain.save(snapshot(2), new LogSpan(4, 4));
    assertEquals(OptionalLong.of(1), second.logFloor());
    chain.claim(5);
    chain.claim(6);
    Saved third = chain.save(snapshot(3), new LogSpan(7, 7));
    assertEquals(OptionalLong.of(4), third.logFloor());
    assertEquals(2, names("snap-").size());
    assertEquals(2, names("MANIFEST").size());
  }

  @Test
  void claim_namesTheSameSnapshotAndItsFloorUnderTheNextNumberAndEpoch() throws IOException {
    create().save(snapshot(3), new LogSpan(2, 2));
    GenerationChain chain = reopen();
    load(chain);
    chain.claim(7);
    Manifest claim = Generations.readManifest(objects, 2);
    assertEquals(2, claim.epoch());
    assertEquals(fileOf(1), claim.image().file());
    assertEquals(new LogSpan(2, 7), claim.log());
    assertEquals(7, load(reopen()).newestSegment());
  }

  @Test
  void claim_manyTimes_keepsTwoManifestsOfASnapshot() throws IOException {
    create().save(snapshot(3), new LogSpan(1, 0));
    for (int opening = 1; opening <= 5; opening++) {
      GenerationChain chain = reopen();
      load(chain);
      chain.claim(opening);
    }
    assertEquals(
        List.of("MANIFEST-0000000000000005", "MANIFEST-0000000000000006"), names("MANIFEST"));
    damage("MANIFEST-0000000000000006");
    Loaded loaded = load(reopen());
    assertEquals(3, entries(loaded));
    assertEquals(4, loaded.newestSegment());
  }

  @Test
  void claim_whileAnOlderGenerationServes_namesThatAndDeletesNothing() throws IOException {
    GenerationChain first = create();
    first.save(snapshot(1), new LogSpan(1, 0));
    first.save(snapshot(2), new LogSpan(2, 2));
    damage(fileOf(2));
    GenerationChain chain = reopen();
    Loaded fallback = load(chain);
    assertEquals(1, entries(fallback));
    assertEquals(1, fallback.damages().size());
    assertEquals(2, fallback.newestSegment());
    List<String> before = objects.list();
    chain.claim(3);
    assertEquals(fileOf(1), fileOf(3));
    assertEquals(new LogSpan(1, 3), Generations.readManifest(objects, 3).log());
    assertTrue(objects.list().containsAll(before));
  }

  @Test
  void save_afterAnotherWriterClaimed_isFencedAndLeavesTheOthersAlone() throws IOException {
    GenerationChain old = create();
    old.save(snapshot(1), new LogSpan(1, 0));
    GenerationChain taking = reopen();
    load(taking);
    taking.claim(1);
    List<String> before = objects.list();
    assertThrows(FencedException.class, () -> old.save(snapshot(2), new LogSpan(1, 1)));
    assertThrows(FencedException.class, () -> old.claim(2));
    assertThrows(FencedException.class, old::remove);
    assertEquals(before, objects.list());
    assertEquals(3, taking.save(snapshot(2), new LogSpan(1, 1)).manifest().number());
  }

  @Test
  void save_ofFewerChangesThanTheNewestHolds_isRefused() throws IOException {
    GenerationChain chain = create();
    chain.save(snapshot(5), new LogSpan(1, 1));
    assertThrows(IllegalArgumentException.class, () -> chain.save(snapshot(4), new LogSpan(1, 1)));
  }

  @Test
  void load_manifestsMissingButNotTheSnapshot_isRefused() throws IOException {
    create().save(snapshot(1), new LogSpan(1, 0));
    objects.objects.remove(StoreNames.manifest(1));
    GenerationChain chain = reopen();
    assertTrue(chain.isCommitted());
    assertThrows(CorruptSnapshotException.class, () -> load(chain));
  }

  @Test
  void open_onlyTheLogLeft_isRefused() {
    objects.objects.put("wal-0000000000000001.log", new byte[10]);
    assertThrows(CorruptSnapshotException.class, () -> GenerationChain.open(objects, writer()));
  }

  @Test
  void remove_leavesNothingInTheOrderThatNothingCanComeBack() throws IOException {
    GenerationChain chain = create();
    chain.save(snapshot(1), new LogSpan(1, 0));
    objects.objects.put("wal-0000000000000004.log", new byte[10]);
    String snapshot = fileOf(1);
    objects.done.clear();
    chain.remove();
    Manifest removal = Generations.readManifest(objects, 2);
    assertTrue(removal.isRemoval());
    assertEquals(new LogSpan(5, 4), removal.log());
    assertTrue(reopen().isRemoved());
    assertFalse(chain.isCommitted());
    assertThrows(IllegalStateException.class, () -> chain.claim(5));
    chain.removeRest();
    assertEquals(List.of(), objects.list());
    assertEquals(
        List.of(
            "createIfAbsent MANIFEST-0000000000000002",
            "delete MANIFEST-0000000000000001",
            "delete snapshot_latest.mrx",
            "delete " + snapshot,
            "delete wal-0000000000000004.log",
            "delete MANIFEST-0000000000000002"),
        objects.done);
  }

  @Test
  void load_orphanBesideManifestsOfOneSnapshot_removesTheOrphan() throws IOException {
    GenerationChain chain = create();
    chain.save(snapshot(3), new LogSpan(1, 0));
    chain.claim(1);
    assertEquals(2, names("MANIFEST-").size());
    putOrphan();
    load(reopen());
    assertEquals(List.of(fileOf(2)), names("snap-"));
  }

  @Test
  void load_orphanBesideTwoGenerationsAndAClaim_removesTheOrphan() throws IOException {
    GenerationChain chain = create();
    chain.save(snapshot(3), new LogSpan(1, 0));
    chain.save(snapshot(5), new LogSpan(1, 0));
    chain.claim(1);
    assertEquals(3, names("MANIFEST-").size());
    putOrphan();
    assertEquals(3, names("snap-").size());
    load(reopen());
    assertEquals(2, names("snap-").size());
  }

  @Test
  void open_oldestManifestDenied_servesTheNewestAndRemovesNothing() throws IOException {
    GenerationChain chain = create();
    chain.save(snapshot(3), new LogSpan(1, 0));
    chain.save(snapshot(5), new LogSpan(1, 0));
    objects.unreadable.add(StoreNames.manifest(1));
    List<String> before = objects.list();
    assertEquals(5, entries(load(reopen())));
    assertEquals(before, objects.list());
  }

  /** What a save leaves that is cut off before its commit. */
  private void putOrphan() {
    objects.objects.put(StoreNames.snapshot(uuid()), new byte[100]);
  }
}
