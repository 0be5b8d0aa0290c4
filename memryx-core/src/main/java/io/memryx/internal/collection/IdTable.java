package io.memryx.internal.collection;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Which row an id is at: a hash table of rows with linear probing, over ids that lie elsewhere, 4
 * bytes a slot. One writer at a time; once nobody writes any more, any number of readers.
 *
 * <p>The hash is keyed with a number drawn once a JVM, so that nobody can choose ids that all
 * collide.
 */
final class IdTable {
  private static final long SEED = new SecureRandom().nextLong();
  private static final int FREE = -1;
  private static final int FEWEST_SLOTS = 16;

  private final IdSource ids;
  private int[] slots;
  private int used;

  IdTable(IdSource ids) {
    this.ids = ids;
    this.slots = freeSlots(FEWEST_SLOTS);
  }

  /** Where the ids of rows lie. */
  interface IdSource {
    /** Whether the id of a row is this one. */
    boolean isIdOf(int row, byte[] id);

    /** The {@link IdTable#hash} of the id of a row. */
    long hashOf(int row);
  }

  /** Makes room, so that so many further {@link #put} calls allocate nothing. */
  void reserve(int rows) {
    int capacity = capacityFor(rows);
    if (capacity > slots.length) {
      int[] previous = slots;
      slots = freeSlots(capacity);
      for (int row : previous) {
        if (row != FREE) {
          slots[freeSlot(ids.hashOf(row))] = row;
        }
      }
    }
  }

  private int capacityFor(int furtherRows) {
    return capacityFor((long) used + furtherRows, slots.length);
  }

  private static int capacityFor(long needed, int least) {
    int capacity = least;
    while (needed * 4 > (long) capacity * 3) {
      capacity = Math.multiplyExact(capacity, 2);
    }
    return capacity;
  }

  /** What a table takes that room for so many rows was made in at once. */
  static long bytesFor(int rows) {
    return (long) Integer.BYTES * capacityFor(rows, FEWEST_SLOTS);
  }

  /** What {@link #reserve} allocates. */
  long growthBytes(int rows) {
    int capacity = capacityFor(rows);
    return capacity > slots.length ? (long) Integer.BYTES * capacity : 0;
  }

  /** The row of an id, or -1. */
  int find(byte[] id) {
    for (int slot = slotOf(hash(id, 0, id.length)); ; slot = (slot + 1) & (slots.length - 1)) {
      int row = slots[slot];
      if (row == FREE || ids.isIdOf(row, id)) {
        return row;
      }
    }
  }

  /** Sets the row of an id; there must be room. */
  void put(byte[] id, int row) {
    int slot = slotOf(hash(id, 0, id.length));
    while (slots[slot] != FREE && !ids.isIdOf(slots[slot], id)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    used += slots[slot] == FREE ? 1 : 0;
    slots[slot] = row;
  }

  /** Number of ids. */
  int size() {
    return used;
  }

  /** Memory of the slots. */
  long bytes() {
    return 4L * slots.length;
  }

  /** A keyed 64-bit hash of bytes: eight at a time, multiplied to 128 bits and folded. */
  static long hash(byte[] bytes, int from, int to) {
    long hash = SEED;
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      hash = fold(hash ^ (long) Bytes.LONG.get(bytes, i), 0xA0761D6478BD642FL ^ SEED);
    }
    long tail = (long) to - from;
    for (; i < to; i++) {
      tail = tail << 8 | (bytes[i] & 0xFF);
    }
    return fold(hash ^ tail, 0xE7037ED1A0B428DBL ^ Long.rotateLeft(SEED, 32));
  }

  private static long fold(long a, long b) {
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }

  private int freeSlot(long hash) {
    int slot = slotOf(hash);
    while (slots[slot] != FREE) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private int slotOf(long hash) {
    return (int) hash & (slots.length - 1);
  }

  private static int[] freeSlots(int capacity) {
    int[] slots = new int[capacity];
    Arrays.fill(slots, FREE);
    return slots;
  }
}
