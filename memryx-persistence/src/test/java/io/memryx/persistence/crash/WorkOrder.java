package io.memryx.persistence.crash;

import io.memryx.persistence.DurabilityOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a process is told to do with a store, in one line of text.
 *
 * @param directory of the store
 * @param journal file of the notes
 * @param script what the clients do
 * @param life number of this process among those that have worked on the store
 * @param first number of each client's first step
 * @param steps how many steps each client makes; {@link #UNTIL_STOPPED} for as many as it can
 * @param durability what an acknowledgement is to mean
 * @param work how the clients work
 * @param sabotage what is broken on purpose
 */
record WorkOrder(
    Path directory,
    Path journal,
    Script script,
    long life,
    List<Long> first,
    long steps,
    DurabilityOptions durability,
    Work work,
    Sabotage sabotage) {
  static final long UNTIL_STOPPED = Long.MAX_VALUE;
  private static final String SEPARATOR = "\t";

  /** How the clients work. */
  enum Work {
    /** Each on a thread of its own, while other threads build, and verify the live store. */
    CONCURRENT,
    /** So too, while another thread backs the live store up again and again. */
    BACKED_UP,
    /** Each on a thread of its own, with builds and checks, but for the one that drops. */
    WITHOUT_DROPS,
    /** So too, and without builds: nothing but the log makes anything durable. */
    UNBUILT,
    /** In turn on one thread, with builds between: the same system calls in the same order. */
    SEQUENTIAL,
    /** Only the one that drops its collection works, until it has. */
    UNTIL_DROP;

    boolean drops() {
      return this != WITHOUT_DROPS && this != UNBUILT;
    }
  }

  WorkOrder {
    first = List.copyOf(first);
  }

  WorkOrder with(DurabilityOptions other) {
    return new WorkOrder(directory, journal, script, life, first, steps, other, work, sabotage);
  }

  WorkOrder with(Sabotage other) {
    return new WorkOrder(directory, journal, script, life, first, steps, durability, work, other);
  }

  WorkOrder with(Work other) {
    return new WorkOrder(
        directory, journal, script, life, first, steps, durability, other, sabotage);
  }

  /** Where backups are made, each under its number. */
  Path backups() {
    return backups(journal);
  }

  /** Where backups are made by the process that writes these notes. */
  static Path backups(Path journal) {
    return journal.resolveSibling(journal.getFileName() + "-backups");
  }

  WorkOrder sequential(long count) {
    return new WorkOrder(
        directory, journal, script, life, first, count, durability, Work.SEQUENTIAL, sabotage);
  }

  String line() {
    return String.join(
        SEPARATOR,
        directory.toString(),
        journal.toString(),
        Long.toString(script.seed()),
        Integer.toString(script.dimension()),
        Integer.toString(script.idsPerClient()),
        Integer.toString(script.largestBatch()),
        Long.toString(life),
        first.stream().map(String::valueOf).collect(Collectors.joining(",")),
        Long.toString(steps),
        durability.mode().name(),
        Long.toString(durability.interval().toMillis()),
        work.name(),
        sabotage.name());
  }

  static WorkOrder parse(String line) {
    List<String> parts = Arrays.asList(line.split(SEPARATOR, -1));
    return new WorkOrder(
        Path.of(parts.get(0)),
        Path.of(parts.get(1)),
        new Script(
            Long.parseLong(parts.get(2)),
            Integer.parseInt(parts.get(3)),
            Integer.parseInt(parts.get(4)),
            Integer.parseInt(parts.get(5))),
        Long.parseLong(parts.get(6)),
        Arrays.stream(parts.get(7).split(",", -1)).map(Long::valueOf).toList(),
        Long.parseLong(parts.get(8)),
        new DurabilityOptions(
            DurabilityOptions.Mode.valueOf(parts.get(9)),
            Duration.ofMillis(Long.parseLong(parts.get(10)))),
        Work.valueOf(parts.get(11)),
        Sabotage.valueOf(parts.get(12)));
  }
}
