package io.memryx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class HeapPeakTest {

  @Test
  void withGarbageBytes_largeArray_included() {
    try (var heap = new HeapPeak()) {
      byte[] array = new byte[50_000_000];
      array[array.length - 1] = 1;

      assertTrue(heap.withGarbageBytes() >= array.length, () -> "" + heap.withGarbageBytes());
    }
  }
}
