package io.memryx.persistence.powercut;

import io.memryx.persistence.powercut.Event.ByteChange;
import io.memryx.persistence.powercut.Event.Resized;
import io.memryx.persistence.powercut.Event.Written;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** What a power cut leaves of the changes that are on their way to the disk. */
record Survivors(Names names, Bytes bytes) {

  /** Of up to so many changes, every subset is tried. */
  private static final int EVERY_SUBSET = 6;

  /** Everything is there: what the end of the process alone leaves. */
  static final Survivors ALL = new Survivors(new Names(-1), new Bytes.Subset(-1));

  /** Nothing is there that was not forced. */
  static final Survivors NONE = new Survivors(new Names(0), new Bytes.Subset(0));

  /** All that are tried, for so many changes; among them what the end of the process leaves. */
  static List<Survivors> all(int nameChanges, int byteChanges) {
    List<Survivors> all = new ArrayList<>();
    for (Names names : Names.all(nameChanges)) {
      for (Bytes bytes : Bytes.all(byteChanges)) {
        all.add(new Survivors(names, bytes));
      }
    }
    return all;
  }

  /** Every subset of a few; else every prefix, and all but any one. */
  private static List<Long> subsets(int changes) {
    if (changes <= EVERY_SUBSET) {
      return LongStream.range(0, (1L << changes) - 1).boxed().toList();
    }
    var subsets = new LinkedHashSet<Long>();
    IntStream.range(0, changes).forEach(kept -> subsets.add((1L << kept) - 1));
    IntStream.range(0, changes).forEach(lost -> subsets.add(~(1L << lost)));
    return List.copyOf(subsets);
  }

  /**
   * Those changes of names that survive.
   *
   * @param subset a bit for each; those beyond the 63rd go together
   */
  record Names(long subset) {
    static List<Names> all(int changes) {
      List<Names> all = new ArrayList<>(List.of(new Names(-1)));
      subsets(changes).forEach(subset -> all.add(new Names(subset)));
      return all;
    }

    boolean hasName(int number) {
      return isIn(subset, number);
    }
  }

  private static boolean isIn(long subset, int number) {
    return (subset >> Math.min(number, 63) & 1) == 1;
  }

  /** What survives of changed bytes. */
  sealed interface Bytes {
    static List<Bytes> all(int changes) {
      List<Bytes> all = new ArrayList<>(List.of(new Subset(-1)));
      subsets(changes).forEach(subset -> all.add(new Subset(subset)));
      if (changes > 0) {
        all.addAll(List.of(new Zeros(), new HalfOfLast(), new HalfOfEach()));
      }
      return all;
    }

    /** The changes that reach the disk, in order. */
    List<ByteChange> of(List<ByteChange> changes);

    /** Some changes whole, others not at all. */
    record Subset(long subset) implements Bytes {
      @Override
      public List<ByteChange> of(List<ByteChange> changes) {
        return IntStream.range(0, changes.size())
            .filter(number -> isIn(subset, number))
            .mapToObj(changes::get)
            .toList();
      }
    }

    /** Files have their sizes, but zeros for bytes. */
    record Zeros() implements Bytes {
      @Override
      public List<ByteChange> of(List<ByteChange> changes) {
        return changes.stream()
            .map(
                change ->
                    switch (change) {
                      case Written(int file, long offset, byte[] bytes) ->
                          (ByteChange) new Written(file, offset, new byte[bytes.length]);
                      case Resized resized -> resized;
                    })
            .toList();
      }
    }

    /** All but the second half of the last. */
    record HalfOfLast() implements Bytes {
      @Override
      public List<ByteChange> of(List<ByteChange> changes) {
        List<ByteChange> torn = new ArrayList<>(changes);
        torn.set(torn.size() - 1, half(torn.getLast()));
        return torn;
      }
    }

    /** Of each the first half. */
    record HalfOfEach() implements Bytes {
      @Override
      public List<ByteChange> of(List<ByteChange> changes) {
        return changes.stream().map(Bytes::half).toList();
      }
    }

    private static ByteChange half(ByteChange change) {
      return switch (change) {
        case Written(int file, long offset, byte[] bytes) ->
            new Written(file, offset, Arrays.copyOf(bytes, bytes.length / 2));
        case Resized resized -> resized;
      };
    }
  }
}
