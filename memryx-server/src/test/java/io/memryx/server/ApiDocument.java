package io.memryx.server;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document of the interface, and what it says of single answers. An operation is named
 * by its method and the template of its path. Thread-safe.
 */
public final class ApiDocument {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String PROBLEM = "application/problem+json";

  /** Lines and events beyond that are not looked at. */
  private static final int MAX_ITEMS = 50;

  /** Long answers are a test's own matter: they are as short ones, and take their time. */
  private static final int MAX_CHARACTERS = 100_000;

  private static final ApiDocument PACKAGED = readPackaged();

  private final JsonNode document;
  private final Map<String, JsonNode> operations = new TreeMap<>();
  private final Map<String, List<JsonNode>> parameters = new HashMap<>();
  private final SchemaRegistry registry;
  private final Map<JsonNode, Schema> schemas = new HashMap<>();

  private ApiDocument(JsonNode document) {
    this.document = document;
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> part : path.getValue().properties()) {
        if (!part.getKey().equals("parameters")) {
          String name = part.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
          operations.put(name, part.getValue());
          parameters.put(name, parameters(path.getValue(), part.getValue()));
        }
      }
    }
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder ->
                builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  }

  private List<JsonNode> parameters(JsonNode path, JsonNode operation) {
    List<JsonNode> all = new ArrayList<>();
    path.path("parameters").forEach(one -> all.add(resolved(one)));
    operation.path("parameters").forEach(one -> all.add(resolved(one)));
    return all;
  }

  /** A document. */
  public static ApiDocument of(String json) {
    return new ApiDocument(MAPPER.readTree(json));
  }

  private static ApiDocument readPackaged() {
    try (InputStream file = MemryxServer.class.getResourceAsStream("http/openapi.json")) {
      if (file == null) {
        throw new AssertionError("openapi.json is not packaged");
      }
      return of(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The document that servers give. */
  static ApiDocument packaged() {
    return PACKAGED;
  }

  /** The document itself. */
  public JsonNode tree() {
    return document;
  }

  /** What a reference leads to, or the node itself if it is none. */
  private JsonNode resolved(JsonNode node) {
    JsonNode reference = node.get("$ref");
    return reference == null ? node : document.at(reference.asString().substring(1));
  }

  // ---- what there is

  /** All operations. */
  public Set<String> operations() {
    return operations.keySet();
  }

  private JsonNode operation(String name) {
    JsonNode operation = operations.get(name);
    if (operation == null) {
      throw new AssertionError("openapi.json has no operation " + name);
    }
    return operation;
  }

  /** The operation of a request, or empty if there is none. */
  Optional<String> operationOf(String method, String path) {
    String[] segments = path.split("/", -1);
    return operations.keySet().stream()
        .filter(name -> name.startsWith(method + " "))
        .filter(name -> matches(name.substring(method.length() + 1).split("/", -1), segments))
        .min((one, other) -> Integer.compare(variables(one), variables(other)));
  }

  private static boolean matches(String[] template, String[] segments) {
    boolean same = template.length == segments.length;
    for (int at = 0; same && at < template.length; at++) {
      same = template[at].startsWith("{") || template[at].equals(segments[at]);
    }
    return same;
  }

  private static int variables(String name) {
    return (int) name.chars().filter(letter -> letter == '{').count();
  }

  /** The statuses that an operation may answer with. */
  public Set<Integer> statuses(String name) {
    Set<Integer> statuses = new TreeSet<>();
    operation(name)
        .get("responses")
        .propertyNames()
        .forEach(status -> statuses.add(Integer.valueOf(status)));
    return statuses;
  }

  /** The names of an operation's parameters that come in the path, the query or a header. */
  public Set<String> parameters(String name, String place) {
    Set<String> names = new TreeSet<>();
    for (JsonNode parameter : parameters.getOrDefault(name, List.of())) {
      if (parameter.get("in").asString().equals(place)) {
        names.add(parameter.get("name").asString());
      }
    }
    return names;
  }

  /** The types of bodies that an operation takes. */
  public Set<String> takes(String name) {
    return names(operation(name).path("requestBody").path("content"));
  }

  /** The types that an operation answers in when all is well. */
  public Set<String> gives(String name) {
    Set<String> types = new TreeSet<>();
    for (int status : statuses(name)) {
      if (status < 300) {
        types.addAll(names(answer(name, status).orElseThrow().path("content")));
      }
    }
    return types;
  }

  private static Set<String> names(JsonNode object) {
    return new TreeSet<>(object.propertyNames());
  }

  /** The ways to say who is calling, each with the scopes that a key needs. */
  public Map<String, List<String>> security(String name) {
    Map<String, List<String>> schemes = new TreeMap<>();
    for (JsonNode choice : operation(name).get("security")) {
      choice
          .properties()
          .forEach(
              scheme ->
                  schemes.put(
                      scheme.getKey(),
                      scheme.getValue().valueStream().map(JsonNode::asString).toList()));
    }
    return schemes;
  }

  /** The codes that problems of an operation with a status may have. */
  public Set<String> codes(String name, int status) {
    Set<String> codes = new TreeSet<>();
    answer(name, status)
        .orElseThrow()
        .at("/content/application~1problem+json/schema/properties/code/enum")
        .forEach(code -> codes.add(code.asString()));
    return codes;
  }

  private Optional<JsonNode> answer(String name, int status) {
    return Optional.ofNullable(operation(name).get("responses").get(Integer.toString(status)))
        .map(this::resolved);
  }

  // ---- requests

  /** The request that the document gives as an example, without a key. */
  Ask example(String name) {
    Ask ask = Ask.of(name);
    for (JsonNode parameter : parameters.getOrDefault(name, List.of())) {
      JsonNode example = parameter.get("example");
      if (example != null && parameter.get("in").asString().equals("path")) {
        ask = ask.path(parameter.get("name").asString(), example.asString());
      }
    }
    JsonNode example = operation(name).at("/requestBody/content/application~1json/example");
    return example.isMissingNode() ? ask : ask.json(example.toString());
  }

  /** What is wrong with a request's body, of what the document says of it. */
  List<String> faults(Ask ask) {
    String type = ask.type().orElse("");
    JsonNode content = operation(ask.operation()).at("/requestBody/content").path(type);
    return content.isMissingNode()
        ? List.of("%s: there is no body of type '%s'".formatted(ask.operation(), type))
        : faults(content, type, ask.body());
  }

  // ---- answers

  /**
   * An answer to be looked at.
   *
   * @param status the HTTP status
   * @param header gives a header
   */
  record Answered(int status, Function<String, Optional<String>> header) {}

  /** What an answer has that the document does not allow; nothing where no operation was asked. */
  List<String> faults(HttpRequest request, HttpResponse<String> answer) {
    Optional<String> asked = operationOf(request.method(), request.uri().getRawPath());
    if (asked.isEmpty() || answer.body().length() > MAX_CHARACTERS) {
      return List.of();
    }
    var answered = new Answered(answer.statusCode(), answer.headers()::firstValue);
    return faults(asked.get(), answered, answer.body().getBytes(StandardCharsets.UTF_8));
  }

  /** What an answer has that the document does not allow, or the other way round. */
  List<String> faults(String name, Answered answered, byte[] body) {
    Optional<JsonNode> described = answer(name, answered.status);
    if (described.isEmpty()) {
      return List.of(
          "%s: status %d is not described, only %s: %s"
              .formatted(
                  name, answered.status, statuses(name), new String(body, StandardCharsets.UTF_8)));
    }
    List<String> faults = new ArrayList<>(faultsOfHeaders(described.get(), answered));
    JsonNode contents = described.get().path("content");
    if (body.length > 0) {
      String type = answered.header.apply("Content-Type").orElse("").split(";", -1)[0].strip();
      JsonNode content = contents.path(type);
      if (content.isMissingNode()) {
        faults.add("the type '%s' is not described, only %s".formatted(type, names(contents)));
      } else {
        faults.addAll(faults(content, type, body));
      }
    } else if (!contents.isMissingNode() && !contents.has("application/x-ndjson")) {
      faults.add("there is no body, but one is described");
    }
    return faults.stream()
        .map(fault -> "%s, answer %d: %s".formatted(name, answered.status, fault))
        .toList();
  }

  private List<String> faultsOfHeaders(JsonNode described, Answered answered) {
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : described.path("headers").properties()) {
      JsonNode header = resolved(entry.getValue());
      Optional<String> value = answered.header.apply(entry.getKey());
      if (value.isEmpty() && header.path("required").asBoolean(false)) {
        faults.add("the header %s is missing".formatted(entry.getKey()));
      }
      boolean number = header.at("/schema/type").asString("").equals("integer");
      value.ifPresent(
          text ->
              schema(header.get("schema"))
                  .validate(number ? text : MAPPER.writeValueAsString(text), InputFormat.JSON)
                  .forEach(error -> faults.add(entry.getKey() + ": " + error)));
    }
    return faults;
  }

  private List<String> faults(JsonNode content, String type, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    return switch (type) {
      case "application/json", PROBLEM -> faults(content.get("schema"), text);
      case "application/x-ndjson" -> faultsOfItems(content, text, "");
      case "text/event-stream" -> faultsOfItems(content, text, "data:");
      default -> List.of();
    };
  }

  /** Of lines that begin so; OpenAPI 3.1 has no word of its own for what one of them is. */
  private List<String> faultsOfItems(JsonNode content, String text, String beginning) {
    return text.lines()
        .filter(line -> line.startsWith(beginning) && !line.isBlank())
        .limit(MAX_ITEMS)
        .flatMap(
            line ->
                faults(content.get("x-item-schema"), line.substring(beginning.length())).stream())
        .toList();
  }

  private List<String> faults(JsonNode schema, String json) {
    return schema(schema).validate(json, InputFormat.JSON).stream()
        .map(error -> "%s in %s".formatted(error, json.substring(0, Math.min(500, json.length()))))
        .toList();
  }

  /** A schema that can stand alone, and allows no member that is not described. */
  private synchronized Schema schema(JsonNode node) {
    return schemas.computeIfAbsent(
        node,
        _ -> {
          ObjectNode alone = (ObjectNode) node.deepCopy();
          alone.set("$defs", document.at("/components/schemas").deepCopy());
          close(alone);
          String text = alone.toString().replace("#/components/schemas/", "#/$defs/");
          return registry.getSchema(text, InputFormat.JSON);
        });
  }

  /** Clients must put up with more members than are described, a test need not. */
  private static void close(JsonNode node) {
    boolean describesMembers =
        node.has("properties") && node.path("type").asString("").equals("object");
    if (describesMembers && !node.has("additionalProperties")) {
      ((ObjectNode) node).put("additionalProperties", false);
    }
    node.forEach(ApiDocument::close);
  }
}
