package io.memryx.internal.collection;

import io.memryx.Entry;

/**
 * Where an entry lies.
 *
 * @param rows what holds it
 * @param row which row of that it is
 */
record Place(EntryRows rows, int row) {

  byte[] id() {
    return rows.id(row);
  }

  float[] vector() {
    return rows.vector(row);
  }

  Entry entry() {
    return rows.entry(row);
  }
}
