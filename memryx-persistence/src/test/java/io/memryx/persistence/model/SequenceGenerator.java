package io.memryx.persistence.model;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.persistence.model.Operation.Build;
import io.memryx.persistence.model.Operation.Contains;
import io.memryx.persistence.model.Operation.Count;
import io.memryx.persistence.model.Operation.Delete;
import io.memryx.persistence.model.Operation.DeleteWhere;
import io.memryx.persistence.model.Operation.DropAndCreate;
import io.memryx.persistence.model.Operation.Effort;
import io.memryx.persistence.model.Operation.Ending;
import io.memryx.persistence.model.Operation.Get;
import io.memryx.persistence.model.Operation.Origin;
import io.memryx.persistence.model.Operation.Page;
import io.memryx.persistence.model.Operation.Query;
import io.memryx.persistence.model.Operation.Restart;
import io.memryx.persistence.model.Operation.Row;
import io.memryx.persistence.model.Operation.Search;
import io.memryx.persistence.model.Operation.SearchAll;
import io.memryx.persistence.model.Operation.Size;
import io.memryx.persistence.model.Operation.Upsert;
import io.memryx.persistence.model.Setup.Base;
import io.memryx.persistence.model.Setup.Keeping;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Makes a sequence of a seed. 27 seeds in a row are every metric, compression and keeping. */
final class SequenceGenerator {
  static final int SETUPS = 27;

  /** One in so many rounds of setups begins with lists. */
  private static final int CLUSTERED = 5;

  private final Setup setup;
  private final SplittableRandom random;
  private final MetadataGenerator metadata;

  private SequenceGenerator(Setup setup, long seed) {
    this.setup = setup;
    this.random = new SplittableRandom(seed);
    this.metadata = new MetadataGenerator(random);
  }

  static Sequence sequence(long seed) {
    Setup setup = setup(seed);
    var generator = new SequenceGenerator(setup, seed);
    return new Sequence(
        setup,
        switch (setup.base()) {
          case EMPTY -> generator.list(generator.random.nextInt(5, 40), generator::operation);
          case CLUSTERED -> generator.list(generator.random.nextInt(4, 14), generator::operation);
        });
  }

  /** Operations that several players may play on one collection at the same time. */
  static List<Operation> shared(Setup setup, long seed, int count) {
    var generator = new SequenceGenerator(setup, seed);
    return generator.list(count, generator::meanwhile);
  }

  private static Setup setup(long seed) {
    Base base = seed / SETUPS % CLUSTERED == 0 ? Base.CLUSTERED : Base.EMPTY;
    return setup(seed, base);
  }

  static Setup setup(long seed, Base base) {
    var random = new SplittableRandom(~seed);
    return new Setup(
        // Those of one base share their vectors, and so what is there at first.
        base == Base.CLUSTERED ? 1 : seed,
        new CollectionOptions(
            base == Base.CLUSTERED ? 5 : random.nextInt(1, 10),
            List.of(Metric.values()).get((int) (seed % 3)),
            List.of(Compression.values()).get((int) (seed / 3 % 3))),
        base,
        List.of(Keeping.values()).get((int) (seed / 9 % 3)));
  }

  private <T> List<T> list(int size, Supplier<T> element) {
    return Stream.generate(element).limit(size).toList();
  }

  private <T> Optional<T> sometimes(int oneIn, Supplier<T> value) {
    return random.nextInt(oneIn) == 0 ? Optional.of(value.get()) : Optional.empty();
  }

  private Operation operation() {
    return switch (random.nextInt(48)) {
      case 0 -> new DropAndCreate();
      case 1, 2, 9 ->
          new Restart(List.of(Ending.values()).get(random.nextInt(Ending.values().length)));
      case 3, 4, 5, 6, 7, 8 -> build();
      default -> meanwhile();
    };
  }

  private Operation meanwhile() {
    return switch (random.nextInt(25)) {
      case 0, 1, 2, 3, 4 -> upsert();
      case 5, 6 -> new Delete(list(random.nextInt(0, 8), this::id));
      case 7 -> new DeleteWhere(metadata.filter());
      case 8 -> new Get(id());
      case 9 -> new Contains(id());
      case 10 -> new Size();
      case 11 -> new Count(metadata.filter());
      case 12, 13, 14 -> page();
      case 15 -> new Operation.Stream(sometimes(2, metadata::filter), upsert());
      // Of a batch, one that is faulty spoils all: those from entries are asked one by one.
      case 16 ->
          new SearchAll(list(random.nextInt(1, 9), () -> query(new Origin.Vector(vector()))));
      case 17 -> random.nextInt(3) == 0 ? new Build(7, Optional.empty(), List.of()) : new Size();
      default -> new Search(query());
    };
  }

  private Upsert upsert() {
    return new Upsert(list(random.nextInt(1, 30), this::row));
  }

  private Page page() {
    return new Page(
        random.nextInt(4) == 0 ? 1_000 : random.nextInt(1, 30),
        sometimes(2, this::id),
        sometimes(2, metadata::filter));
  }

  private Row row() {
    return new Row(id(), vector(), metadata.metadata());
  }

  private Build build() {
    return new Build(
        random.nextInt(100),
        sometimes(4, () -> random.nextInt(setup.base() == Base.CLUSTERED ? 30 : 3)),
        random.nextBoolean() ? List.of() : list(random.nextInt(1, 5), this::meanwhile));
  }

  private Query query() {
    return query(random.nextInt(4) == 0 ? new Origin.Like(id()) : new Origin.Vector(vector()));
  }

  private Query query(Origin origin) {
    return new Query(
        origin,
        random.nextInt(4) == 0 ? 1_000 : random.nextInt(1, 30),
        List.of(Effort.values()).get(random.nextInt(Effort.values().length)),
        sometimes(2, metadata::filter),
        sometimes(3, this::id),
        sometimes(4, this::minScore));
  }

  private float minScore() {
    return switch (setup.metric()) {
      case COSINE -> random.nextInt(-10, 10) / 10f;
      case DOT -> random.nextInt(-10, 10);
      case L2 -> -random.nextInt(0, 30);
    };
  }

  private int id() {
    return random.nextInt(setup.base().ids());
  }

  private int vector() {
    return random.nextInt(setup.base().ids());
  }
}
