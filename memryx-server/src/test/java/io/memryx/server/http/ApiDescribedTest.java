package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.memryx.Limits;
import io.memryx.server.ApiDocument;
import io.memryx.server.TestServer;
import io.memryx.server.problem.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whether {@code openapi.json} and the code have the same routes, fields, limits and codes. */
final class ApiDescribedTest {
  private static final String SPECIFICATION = "https://spec.openapis.org/";
  private static final String OPEN_API = SPECIFICATION + "oas/3.1/schema-base/2022-10-07";
  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)\\}");

  /** Answers of paths and methods, not of operations; the document's words tell of them. */
  private static final Set<String> OF_NO_OPERATION =
      Set.of("method_not_allowed", "not_implemented");

  /** How finalizes and restored parts of them end, in what {@code error} of an operation has. */
  private static final Set<String> OF_OPERATIONS = Set.of("operation_cancelled");

  private final ApiDocument document;
  private final Map<String, Route> routes;

  ApiDescribedTest() {
    try (TestServer server = TestServer.inMemory()) {
      document = ApiDocument.of(server.get("/openapi.json").body());
      routes =
          Api.routes(server.services()).all().stream()
              .collect(
                  Collectors.toMap(
                      route -> route.method() + " " + route.template(),
                      Function.identity(),
                      (one, _) -> one,
                      TreeMap::new));
    }
  }

  @Test
  void document_isOpenApi31() {
    Schema openApi =
        SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry -> registry.schemas(ApiDescribedTest::published))
            .getSchema(SchemaLocation.of(OPEN_API));
    String text = document.tree().toString();
    assertEquals(List.of(), openApi.validate(text, InputFormat.JSON));
    for (String part : List.of("\"in\":\"query\"", "\"type\":\"integer\"")) {
      String broken = text.replaceFirst(Pattern.quote(part), "\"type\":\"no type\"");
      assertNotEquals(List.of(), openApi.validate(broken, InputFormat.JSON), part);
    }
  }

  /** A library brings the schemas that the authors of OpenAPI publish. */
  @SuppressWarnings(
      "NullAway") // Null means that the text of a schema is to be looked for elsewhere.
  private static String published(String address) {
    if (!address.startsWith(SPECIFICATION)) {
      return null;
    }
    String name = address.substring("https:/".length());
    try (InputStream file = ApiDescribedTest.class.getResourceAsStream(name)) {
      return file == null ? null : new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void references_leadSomewhere_andNothingIsThereForNobody() {
    String text = document.tree().toString();
    Matcher references = Pattern.compile("\"\\$ref\":\"#(/components/[^\"]+)\"").matcher(text);
    Set<String> used = new TreeSet<>();
    while (references.find()) {
      used.add(references.group(1));
    }
    Set<String> there = new TreeSet<>();
    for (String kind : List.of("parameters", "headers", "responses", "schemas")) {
      document
          .tree()
          .at("/components/" + kind)
          .propertyNames()
          .forEach(name -> there.add("/components/" + kind + "/" + name));
    }
    assertEquals(there, used);
  }

  @Test
  void operations_areTheRoutes() {
    assertEquals(routes.keySet(), document.operations());
  }

  @Test
  void parameters_areThoseThatRoutesTake() {
    routes.forEach(
        (name, route) -> {
          assertEquals(new TreeSet<>(route.asks()), document.parameters(name, "query"), name);
          Set<String> variables = new TreeSet<>();
          Matcher matcher = VARIABLE.matcher(route.template());
          while (matcher.find()) {
            variables.add(matcher.group(1));
          }
          assertEquals(variables, document.parameters(name, "path"), name);
        });
  }

  @Test
  void types_areThoseThatRoutesTakeAndGive() {
    routes.forEach(
        (name, route) -> {
          Set<String> takes = document.takes(name);
          if (takes.isEmpty()) {
            assertEquals(List.of(MediaTypes.JSON), route.takes(), name);
          } else {
            assertEquals(takes, new TreeSet<>(route.takes()), name);
          }
          Set<String> gives = document.gives(name);
          if (!gives.isEmpty()) {
            assertEquals(gives, new TreeSet<>(route.gives()), name);
          }
        });
  }

  @Test
  void security_isWhatRoutesNeed() {
    routes.forEach(
        (name, route) -> {
          List<String> scope = List.of(route.scope().name().toLowerCase(Locale.ROOT));
          Map<String, List<String>> expected =
              switch (route.access()) {
                case PUBLIC -> Map.of();
                case METRICS -> Map.of("metrics", List.of());
                case TENANT -> Map.of("bearer", scope, "header", scope);
                case ADMINISTRATOR -> Map.of("administrator", List.of());
              };
          assertEquals(expected, document.security(name), name);
        });
  }

  @Test
  void codes_areThoseThereAre_withTheirStatus() {
    Set<String> described = new TreeSet<>(OF_NO_OPERATION);
    described.addAll(OF_OPERATIONS);
    for (String operation : document.operations()) {
      for (int status : document.statuses(operation)) {
        for (String code : document.codes(operation, status)) {
          Optional<ProblemCode> known =
              Arrays.stream(ProblemCode.values())
                  .filter(one -> one.code().equals(code))
                  .findFirst();
          assertEquals(Optional.of(status), known.map(ProblemCode::status), operation + " " + code);
          described.add(code);
        }
      }
    }
    assertEquals(
        Arrays.stream(ProblemCode.values()).map(ProblemCode::code).collect(Collectors.toSet()),
        described);
  }

  @Test
  void fields_areThoseThatAreRead() {
    Map<String, Class<? extends JsonField>> fields =
        Map.ofEntries(
            Map.entry("AddRequest", JsonField.OfAdd.class),
            Map.entry("NewEntry", JsonField.OfEntry.class),
            Map.entry("SearchRequest", JsonField.OfSearch.class),
            Map.entry("CollectionRequest", JsonField.OfCollection.class),
            Map.entry("FinalizeRequest", JsonField.OfFinalize.class),
            Map.entry("DeleteRequest", JsonField.OfDelete.class),
            Map.entry("NewTenant", JsonField.OfNewTenant.class),
            Map.entry("TenantChange", JsonField.OfTenant.class),
            Map.entry("OwnLimits", JsonField.OfLimits.class),
            Map.entry("NewKey", JsonField.OfNewKey.class),
            Map.entry("RecallRequest", JsonField.OfRecall.class));
    assertEquals(JsonField.class.getDeclaredClasses().length, fields.size());
    fields.forEach(
        (schema, type) -> {
          Set<String> names =
              Arrays.stream(type.getEnumConstants())
                  .map(JsonField::jsonName)
                  .collect(Collectors.toCollection(TreeSet::new));
          JsonNode properties = document.tree().at("/components/schemas/" + schema + "/properties");
          assertEquals(names, new TreeSet<>(properties.propertyNames()), schema);
        });
  }

  @Test
  void limits_areThoseThatCount() {
    assertLimit(Limits.MAX_DIMENSION, "Vector/oneOf/0/maxItems");
    assertLimit(Limits.MAX_DIMENSION, "CollectionRequest/properties/dimension/maximum");
    assertLimit(Limits.MAX_K, "SearchRequest/properties/k/maximum");
    assertLimit(SearchDecoder.MAX_QUERIES, "SearchRequest/properties/vectors/maxItems");
    assertLimit(AddDecoder.MAX_ENTRIES, "AddRequest/properties/vectors/maxItems");
    assertLimit(AddDecoder.MAX_ENTRIES, "DeleteRequest/properties/ids/maxItems");
    assertLimit(Limits.MAX_RECALL_SAMPLE, "RecallRequest/properties/sample/maximum");
    assertLimit(Limits.MAX_ID_BYTES, "Id/maxLength");
    assertLimit(Limits.MAX_METADATA_FIELDS, "Metadata/maxProperties");
    assertLimit(Limits.MAX_PAGE, "Page/properties/vectors/maxItems");
    assertLimit(io.memryx.server.problem.Problem.MAX_FAULTS, "Problem/properties/errors/maxItems");
    assertLimit(
        io.memryx.server.tenant.Limit.LARGEST, "OwnLimits/properties/searches_per_day/maximum");
  }

  private void assertLimit(long limit, String place) {
    assertEquals(limit, document.tree().at("/components/schemas/" + place).asLong(-1), place);
  }
}
