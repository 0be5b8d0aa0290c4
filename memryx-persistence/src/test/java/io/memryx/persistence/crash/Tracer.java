package io.memryx.persistence.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Strace, attached to a process: writes down its system calls on some files and spoils some. */
final class Tracer implements AutoCloseable {
  static final String PROGRAM = "strace";

  /** Every call by which a store changes its files or reads them. */
  private static final String CALLS =
      "write,pwrite64,writev,fdatasync,fsync,rename,link,linkat,openat,ftruncate,fallocate,unlink,"
          + "mkdir,read,pread64,preadv";

  private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\((.*)");
  private static final Pattern PATH = Pattern.compile("[\"<](/[^\">]+)[\">]");

  private final Process process;
  private final Path output;

  private Tracer(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Writes down all calls. */
  static Tracer of(VictimProcess victim, Path output) throws IOException {
    return attached(victim, output, List.of());
  }

  /** Writes down the calls on some files, and makes one fail. */
  static Tracer of(VictimProcess victim, Path output, Collection<String> files, Fault fault)
      throws IOException {
    var options = new ArrayList<String>();
    for (String file : files) {
      options.add("-P");
      options.add(file);
    }
    options.add("-e");
    options.add(fault.injection());
    return attached(victim, output, options);
  }

  private static Tracer attached(VictimProcess victim, Path output, List<String> options)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(PROGRAM, "-f", "-y", "-s", "0", "-e", "signal=none", "-e", "trace=" + CALLS));
    command.addAll(options);
    command.addAll(List.of("-o", output.toString(), "-p", Long.toString(victim.pid())));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    String line = said.readLine();
    while (line != null && !line.contains("attached")) {
      line = said.readLine();
    }
    if (line == null) {
      Shell.skip("strace does not attach to a process here");
    }
    Thread.ofVirtual().start(() -> said.lines().forEach(ignored -> {}));
    return new Tracer(process, output);
  }

  /** The files below a directory that were touched. */
  SortedSet<String> files(Path directory) throws IOException {
    var files = new TreeSet<String>();
    for (String line : Files.readAllLines(output)) {
      Matcher matcher = PATH.matcher(line);
      while (matcher.find()) {
        String path = matcher.group(1);
        if (path.equals(directory.toString()) || path.startsWith(directory + "/")) {
          files.add(path);
        }
      }
    }
    return files;
  }

  /** For each call how often the thread made it on these files that made it most often. */
  Map<String, Integer> occurrences(Collection<String> files) throws IOException {
    var counts = new HashMap<String, Integer>();
    var most = new TreeMap<String, Integer>();
    for (String line : Files.readAllLines(output)) {
      Matcher call = CALL.matcher(line);
      if (call.matches() && touches(call.group(3), files)) {
        int count = counts.merge(call.group(1) + " " + call.group(2), 1, Integer::sum);
        most.merge(call.group(2), count, Math::max);
      }
    }
    return most;
  }

  private static boolean touches(String arguments, Collection<String> files) {
    Matcher matcher = PATH.matcher(arguments);
    boolean touches = false;
    while (matcher.find()) {
      touches = touches || files.contains(matcher.group(1));
    }
    return touches;
  }

  /** The calls that were spoilt, one a line. */
  List<String> spoilt() throws IOException {
    return Files.readAllLines(output).stream().filter(line -> line.contains("INJECTED")).toList();
  }

  /** How often a file was forced again after a force of it had failed. */
  long retriedForces() throws IOException {
    var failed = new TreeSet<String>();
    long retried = 0;
    for (String line : Files.readAllLines(output)) {
      Matcher call = CALL.matcher(line);
      if (call.matches() && call.group(2).matches("fsync|fdatasync")) {
        Matcher path = PATH.matcher(call.group(3));
        if (path.find()) {
          retried += failed.contains(path.group(1)) ? 1 : 0;
          if (line.contains("INJECTED")) {
            failed.add(path.group(1));
          }
        }
      }
    }
    return retried;
  }

  /** Waits until the traced process has ended; ends with it. */
  @Override
  public void close() {
    try {
      int code = process.waitFor();
      assert code >= 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
