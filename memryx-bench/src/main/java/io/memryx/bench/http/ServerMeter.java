package io.memryx.bench.http;

import com.sun.management.ThreadMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A meter at a server's process: asks its JVM what it has spent and what it holds. The JVM gets a
 * few threads and connections by that, from the first reading on; threads are not counted.
 */
final class ServerMeter implements AutoCloseable {
  /** How threads are called that are there because somebody asks. */
  private static final List<String> ASKED = List.of("RMI ", "JMX ", "Attach Listener");

  private final JMXConnector connector;
  private final UnixOperatingSystemMXBean system;
  private final ThreadMXBean threads;
  private final MemoryMXBean memory;
  private final BufferPoolMXBean direct;

  private ServerMeter(JMXConnector connector) throws IOException {
    this.connector = connector;
    MBeanServerConnection beans = connector.getMBeanServerConnection();
    this.system = ManagementFactory.getPlatformMXBean(beans, UnixOperatingSystemMXBean.class);
    this.threads = ManagementFactory.getPlatformMXBean(beans, ThreadMXBean.class);
    this.memory = ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class);
    this.direct =
        ManagementFactory.getPlatformMXBeans(beans, BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow(() -> new IOException("the JVM tells nothing of direct buffers"));
  }

  /**
   * What a process has spent since it began.
   *
   * @param cpuNanos of all its threads, those of the JVM included
   * @param allocatedBytes of its Java threads, those that have ended included
   * @param threadNanos processor time of each live Java thread, by its number
   */
  record Spent(long cpuNanos, long allocatedBytes, Map<Long, Long> threadNanos) {
    Spent {
      threadNanos = Map.copyOf(threadNanos);
    }

    /** What was spent since an earlier reading; threads that have ended are left out. */
    Spent since(Spent earlier) {
      Map<Long, Long> threads = new HashMap<>();
      threadNanos.forEach(
          (thread, nanos) ->
              threads.put(thread, nanos - earlier.threadNanos.getOrDefault(thread, 0L)));
      return new Spent(
          cpuNanos - earlier.cpuNanos, allocatedBytes - earlier.allocatedBytes, threads);
    }

    /**
     * Processor time of Java threads alone: without that of compilers, which ends some day, and of
     * garbage collection.
     */
    long javaNanos() {
      return threadNanos.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * What a process holds.
   *
   * @param heapBytes after a collection of all garbage
   * @param threads live Java threads
   * @param descriptors open files and sockets
   * @param directBytes of buffers outside of the heap
   */
  record Held(long heapBytes, int threads, long descriptors, long directBytes) {}

  /** Begins to ask a process. */
  // The address is that of a process which this one started, on this machine.
  @SuppressWarnings("BanJNDI")
  static ServerMeter at(ServerProcess server) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(server.pid()));
      try {
        var address = new JMXServiceURL(machine.startLocalManagementAgent());
        return new ServerMeter(JMXConnectorFactory.connect(address));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException("the server's JVM can't be asked: " + e.getMessage(), e);
    }
  }

  /** What it has spent. */
  Spent spent() {
    long[] alive = ownThreads().stream().mapToLong(ThreadInfo::getThreadId).toArray();
    long[] nanos = threads.getThreadCpuTime(alive);
    Map<Long, Long> threadNanos = new HashMap<>();
    for (int thread = 0; thread < alive.length; thread++) {
      threadNanos.put(alive[thread], nanos[thread]);
    }
    return new Spent(
        system.getProcessCpuTime(), threads.getTotalThreadAllocatedBytes(), threadNanos);
  }

  /** What it holds; collects all garbage first. */
  Held held() {
    memory.gc();
    return new Held(
        memory.getHeapMemoryUsage().getUsed(),
        ownThreads().size(),
        system.getOpenFileDescriptorCount(),
        direct.getMemoryUsed());
  }

  /** Those that are not there because somebody asks. */
  private List<ThreadInfo> ownThreads() {
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        // A thread may end between the two questions.
        .filter(Objects::nonNull)
        .filter(thread -> ASKED.stream().noneMatch(thread.getThreadName()::startsWith))
        .toList();
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
