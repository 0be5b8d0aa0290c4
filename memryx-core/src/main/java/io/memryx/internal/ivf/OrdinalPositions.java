package io.memryx.internal.ivf;

/**
 * The position of every row in a list order, found in at most {@link #STEP} steps and a jump: three
 * eighths of a byte a row. Immutable.
 *
 * <p>Positions and the ordinals there are a permutation. Who goes from a position to the one that
 * has the ordinal's number, and so on, comes round in the end; the last position before the round
 * closes holds the ordinal that was the first one's number. On rounds longer than {@link #STEP},
 * every {@link #STEP}th position has a note that leads back to the noted one before it, so nobody
 * needs to go all the way (Munro, Raman, Raman and Rao, "Succinct Representations of Permutations",
 * 2003, section 2).
 */
public final class OrdinalPositions {
  /** An eighth of a byte a row for notes; 32 reads take less than decoding a code. */
  private static final int STEP = 32;

  private final int[] ordinals;

  /** Bit {@code p} is set where position {@code p} has a note. */
  private final long[] noted;

  /** By word of {@link #noted}: how many notes come before it. */
  private final int[] notesBefore;

  /** By note, in order of position: the noted position before it on the round. */
  private final int[] notes;

  /** Of rows in a list order; keeps its ordinals, without a copy. */
  public OrdinalPositions(InvertedLists lists) {
    this.ordinals = lists.ordinals();
    this.noted = noted(ordinals);
    this.notesBefore = new int[noted.length];
    int count = 0;
    for (int word = 0; word < noted.length; word++) {
      notesBefore[word] = count;
      count += Long.bitCount(noted[word]);
    }
    this.notes = new int[count];
    for (int word = 0; word < noted.length; word++) {
      for (long bits = noted[word]; bits != 0; bits &= bits - 1) {
        int position = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        notes[note(nextNoted(position))] = position;
      }
    }
  }

  /** Marks every {@link #STEP}th position of each long round. */
  private static long[] noted(int[] ordinals) {
    long[] noted = new long[Math.ceilDiv(ordinals.length, Long.SIZE)];
    long[] passed = new long[noted.length];
    for (int first = 0; first < ordinals.length; first++) {
      int length = 0;
      for (int position = first; !has(passed, position); position = ordinals[position]) {
        passed[position / Long.SIZE] |= 1L << position;
        if (length++ % STEP == 0) {
          noted[position / Long.SIZE] |= 1L << position;
        }
      }
      if (length > 0 && length <= STEP) {
        noted[first / Long.SIZE] &= ~(1L << first);
      }
    }
    return noted;
  }

  private static boolean has(long[] bits, int position) {
    return (bits[position / Long.SIZE] & 1L << position) != 0;
  }

  private int nextNoted(int position) {
    int next = ordinals[position];
    while (!has(noted, next)) {
      next = ordinals[next];
    }
    return next;
  }

  /** Which note a noted position has. */
  private int note(int position) {
    int word = position / Long.SIZE;
    return notesBefore[word] + Long.bitCount(noted[word] & (1L << position) - 1);
  }

  /** The position of a row. */
  public int positionOf(int ordinal) {
    int position = ordinal;
    while (ordinals[position] != ordinal && !has(noted, position)) {
      position = ordinals[position];
    }
    if (ordinals[position] == ordinal) {
      return position;
    }
    position = notes[note(position)];
    while (ordinals[position] != ordinal) {
      position = ordinals[position];
    }
    return position;
  }

  /** Memory, without the list order's own. */
  public long bytes() {
    return (long) Long.BYTES * noted.length
        + (long) Integer.BYTES * (notesBefore.length + notes.length);
  }

  /** The most that so many rows may take: all rounds just long enough to have two notes. */
  public static long mostBytes(int rows) {
    return (long) (Long.BYTES + Integer.BYTES) * Math.ceilDiv(rows, Long.SIZE)
        + 2L * Integer.BYTES * Math.ceilDiv(rows, STEP);
  }
}
