package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** That answers which are not as described are found out. */
final class ApiDocumentTest {
  private static final String VERSION =
      "{\"name\":\"memryx\",\"version\":\"1\",\"java\":\"25\",\"kernels\":\"scalar\"}";
  private static final String PROBLEM =
      "{\"type\":\"/errors/%1$s\",\"title\":\"t\",\"status\":400,\"code\":\"%1$s\",\"detail\":\"d\","
          + "\"hint\":\"h\",\"retryable\":false,\"request_id\":\"r\"}";

  private final ApiDocument document = ApiDocument.packaged();
  private final Map<String, String> headers = new HashMap<>();

  ApiDocumentTest() {
    headers.put("Content-Type", "application/json");
    headers.put("X-Request-Id", "r");
  }

  private List<String> faults(String operation, int status, String body) {
    var answered = new ApiDocument.Answered(status, name -> Optional.ofNullable(headers.get(name)));
    return document.faults(operation, answered, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertFault(String words, List<String> faults) {
    assertTrue(faults.toString().contains(words), faults.toString());
  }

  @Test
  void answer_asDescribed_isWithoutFault() {
    assertEquals(List.of(), faults("GET /version", 200, VERSION));
  }

  @Test
  void status_notDescribed_isAFault() {
    assertFault("status 402 is not described", faults("GET /version", 402, VERSION));
  }

  @Test
  void member_missingOrOneTooMany_isAFault() {
    assertFault("kernels", faults("GET /version", 200, VERSION.replace("kernels", "cores")));
    assertFault("more", faults("GET /version", 200, VERSION.replace("}", ",\"more\":1}")));
  }

  @Test
  void type_notDescribed_isAFault() {
    headers.put("Content-Type", "text/html");
    assertFault("'text/html' is not described", faults("GET /version", 200, VERSION));
  }

  @Test
  void header_missing_isAFault() {
    headers.remove("X-Request-Id");
    assertFault("X-Request-Id is missing", faults("GET /version", 200, VERSION));
  }

  @Test
  void code_ofAnotherOperation_isAFault() {
    headers.put("Content-Type", "application/problem+json");
    assertEquals(List.of(), faults("POST /search", 400, PROBLEM.formatted("zero_norm")));
    assertFault("code", faults("GET /version", 400, PROBLEM.formatted("zero_norm")));
  }

  @Test
  void lines_areLookedAtOneByOne() {
    headers.put("Content-Type", "application/x-ndjson");
    String lines = "{\"id\":\"a\"}\n{\"name\":\"b\"}\n";
    assertFault("id", faults("GET /v1/collections/{name}/vectors", 200, lines));
  }

  @Test
  void requests_areFoundByTheirPaths() {
    assertEquals(
        Optional.of("GET /v1/collections/{name}/vectors/{id}"),
        document.operationOf("GET", "/v1/collections/docs/vectors/a%2Fb"));
    assertEquals(
        Optional.of("GET /finalize/status"), document.operationOf("GET", "/finalize/status"));
    assertEquals(Optional.empty(), document.operationOf("PATCH", "/add"));
  }
}
