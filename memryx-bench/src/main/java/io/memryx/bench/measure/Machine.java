package io.memryx.bench.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a measurement ran on, in words. */
public final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Processor, number of cores, memory, operating system. */
  public static String hardware() {
    return "%s, %d cores, %s %s (%s)"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }

  /** Name and version of the JVM. */
  public static String jvm() {
    return "%s %s (%s)"
        .formatted(
            System.getProperty("java.vm.name"),
            System.getProperty("java.runtime.version"),
            System.getProperty("java.vendor"));
  }

  /** The flags that the JVM was started with, and the heap that they allow. */
  public static String flags() {
    List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
    return "%s (largest heap %.0f MB)"
        .formatted(String.join(" ", flags), Runtime.getRuntime().maxMemory() / 1e6);
  }

  /** Processes that wanted a processor in the last minute; "unknown" where nobody counts them. */
  public static String loadAverage() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load < 0 ? "unknown" : "%.2f".formatted(load);
  }

  private static String processor() {
    if (!Files.isReadable(CPU_INFO)) {
      return "unnamed processor";
    }
    try {
      return Files.readAllLines(CPU_INFO).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unnamed processor");
    } catch (IOException e) {
      return "unnamed processor (" + e.getMessage() + ")";
    }
  }
}
