package io.memryx.persistence.crash;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.MetadataValue.LongValue;
import io.memryx.Metric;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * What the clients of one store do, step by step; the same for the same seed. Each client has ids
 * of its own, so that what is left of them tells how far it got.
 *
 * @param seed of every choice
 * @param dimension of the vectors
 * @param idsPerClient how many different ids a client uses
 * @param largestBatch most entries of one batch
 */
record Script(long seed, int dimension, int idsPerClient, int largestBatch) {
  /** Two share a collection, one has a compressed one, and one has one that it drops at times. */
  static final int CLIENTS = 4;

  /** The one that drops its collection at times. */
  static final int DROPPING_CLIENT = 3;

  private static final int LONGEST_TEXT = 200;
  private static final String STAMP = "stamp";

  /** Tiny vectors and batches of 1 to 100. */
  static Script ofSeed(long seed) {
    return new Script(seed, 8, 150, 100);
  }

  /** The collection that a client works on. */
  static String collection(int client) {
    return switch (client) {
      case 0, 1 -> "shared";
      case 2 -> "compact";
      case DROPPING_CLIENT -> "dropped";
      default -> throw new IllegalArgumentException("client " + client + " of " + CLIENTS);
    };
  }

  /** How that collection is made. */
  CollectionOptions options(int client) {
    return new CollectionOptions(
        dimension, Metric.DOT, client == 2 ? Compression.COMPACT : Compression.LOSSLESS);
  }

  /** The client whose entry this is. */
  static int client(String id) {
    return id.charAt(1) - '0';
  }

  /** What a client does. Numbers begin at 1. */
  Step step(int client, long number) {
    var random = new SplittableRandom(seed * 1_000_003 + client * 7_919L + number * 104_729);
    int dice = random.nextInt(100);
    if (client == DROPPING_CLIENT && dice < 6) {
      return new Step.Drop();
    }
    var ids = new TreeSet<String>();
    int count = batchSize(random);
    for (int i = 0; i < count; i++) {
      ids.add("c" + client + "-" + random.nextInt(idsPerClient));
    }
    return dice < 25 ? new Step.Remove(ids) : new Step.Put(ids);
  }

  private int batchSize(SplittableRandom random) {
    int dice = random.nextInt(100);
    if (dice < 50) {
      return 1;
    }
    return 1 + random.nextInt(dice < 85 ? Math.min(10, largestBatch) : largestBatch);
  }

  /** What a step is marked with: the process's number and the step's. */
  static long stamp(long life, long number) {
    return (life << 32) + number;
  }

  /** The entry that a step with this stamp upserts. */
  Entry entry(String id, long stamp) {
    var random = new SplittableRandom(id.hashCode() + stamp * 31);
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random.nextInt(-1000, 1000) / 64f;
    }
    return Entry.of(
        id,
        vector,
        Metadata.builder()
            .put(STAMP, stamp)
            .put("text", "x".repeat(random.nextInt(LONGEST_TEXT)))
            .build());
  }

  /** The stamp of an entry, or 0 if it is not what the step with this stamp upserted. */
  long stampOf(Entry entry) {
    long stamp =
        entry.metadata().get(STAMP).orElse(null) instanceof LongValue value ? value.value() : 0;
    Entry expected = entry(entry.id(), stamp);
    boolean same =
        entry.isApproximate()
            ? entry.metadata().equals(expected.metadata())
            : entry.equals(expected);
    return same ? stamp : 0;
  }
}
