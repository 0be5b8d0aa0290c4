package io.memryx.bench.measure;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * The most heap that was in use since this object was made: with garbage (as far as the JVM let it
 * pile up), and right after collections (nearer to what is needed). The true need is what {@code
 * -Xmx} still works.
 */
public final class HeapPeak implements AutoCloseable {
  private final List<MemoryPoolMXBean> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();
  private final Set<String> heapPoolNames =
      heapPools.stream().map(MemoryPoolMXBean::getName).collect(Collectors.toSet());
  private final List<NotificationEmitter> collectors =
      ManagementFactory.getGarbageCollectorMXBeans().stream()
          .filter(NotificationEmitter.class::isInstance)
          .map(NotificationEmitter.class::cast)
          .toList();
  private final AtomicLong peakAfterCollection = new AtomicLong();
  private final NotificationListener listener =
      (notification, handback) -> collected(notification.getUserData());

  /** Begins to watch. */
  public HeapPeak() {
    heapPools.forEach(MemoryPoolMXBean::resetPeakUsage);
    collectors.forEach(collector -> collector.addNotificationListener(listener, null, null));
  }

  /** Largest use in bytes with garbage; the sum of the pools' own peaks, so an upper bound. */
  public long withGarbageBytes() {
    return heapPools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }

  /** Largest use in bytes right after a garbage collection; 0 if there was none. */
  public long afterCollectionBytes() {
    return peakAfterCollection.get();
  }

  @Override
  public void close() {
    for (NotificationEmitter collector : collectors) {
      try {
        collector.removeNotificationListener(listener);
      } catch (ListenerNotFoundException e) {
        throw new IllegalStateException("closed twice", e);
      }
    }
  }

  private void collected(Object userData) {
    var collection = GarbageCollectionNotificationInfo.from((CompositeData) userData);
    var after = collection.getGcInfo().getMemoryUsageAfterGc();
    long used =
        after.entrySet().stream()
            .filter(pool -> heapPoolNames.contains(pool.getKey()))
            .mapToLong(pool -> pool.getValue().getUsed())
            .sum();
    peakAfterCollection.accumulateAndGet(used, Math::max);
  }
}
