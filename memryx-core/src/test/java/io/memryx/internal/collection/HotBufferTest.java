package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metric;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HotBufferTest {
  private static final int ENTRIES = 1_000;

  private final HotBuffer buffer =
      new HotBuffer(new CollectionOptions(3, Metric.L2, Compression.COMPACT));

  private static List<EncodedEntry> entries(String prefix) {
    List<EncodedEntry> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      String id = prefix + i;
      Entry entry = Entry.of(id, new float[] {1, 2, i});
      entries.add(new EncodedEntry(entry, id.getBytes(StandardCharsets.UTF_8), new byte[0]));
    }
    return entries;
  }

  @Test
  void append_afterReserve_allocatesNothing() {
    // Classes are loaded by the first append.
    buffer.reserve(1);
    buffer.append(entries("a").subList(0, 1));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<EncodedEntry> entries = entries("b");
    buffer.reserve(entries.size());
    long before = threads.getCurrentThreadAllocatedBytes();
    buffer.append(entries);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(1 + ENTRIES, buffer.size());
    // The iterator, before the first entry goes in; less than a byte for each entry.
    assertTrue(allocated < ENTRIES, () -> allocated + " bytes");
  }
}
