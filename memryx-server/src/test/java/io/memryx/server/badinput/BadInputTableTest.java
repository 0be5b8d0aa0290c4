package io.memryx.server.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bad input is answered exactly as the table says, and the server is well after each. */
final class BadInputTableTest {
  /** Kinds of bad input that the threat list has. */
  private static final int LISTED = 46;

  private static final int AT_LEAST_MORE = 60;

  private static Sites sites = new Sites();

  @BeforeAll
  static void begin() {
    sites = new Sites();
  }

  @AfterAll
  static void end() {
    sites.close();
  }

  static Stream<BadInput> rows() {
    List<BadInput> rows = new ArrayList<>(BadHeads.rows());
    rows.addAll(BadDocuments.rows());
    rows.addAll(BadMoments.rows());
    return rows.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void input_bad_isAnsweredAsTheTableSays_andTheServerIsWell(BadInput input) throws IOException {
    input.expected().check(input.asking().of(sites));
    sites.probe();
  }

  @Test
  void table_hasEveryRowOfTheThreatList_andSixtyMore() {
    List<String> names = rows().map(BadInput::name).toList();
    assertEquals(names.size(), new HashSet<>(names).size(), "a name is there twice");
    Set<String> listed =
        names.stream()
            .filter(name -> name.matches("[0-9]{2} .*"))
            .map(name -> name.substring(0, 2))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        IntStream.rangeClosed(1, LISTED).mapToObj("%02d"::formatted).toList(), List.copyOf(listed));
    assertTrue(names.size() >= LISTED + AT_LEAST_MORE, names.size() + " rows");
  }
}
