package io.memryx.server.problem;

import java.util.Locale;

/**
 * The kinds of failure that a caller can meet, each with its HTTP status. The code (the name in
 * lower case) is stable across releases and is also the page {@code /errors/<code>}.
 */
public enum ProblemCode {
  /** Broken JSON. */
  BAD_JSON(
      400,
      "The body is not valid JSON",
      "The body could not be parsed as one JSON document in UTF-8. The detail says at which byte."
          + " Check quotes, commas and brackets, and that nothing follows the document."),
  /** Too many brackets inside one another. */
  JSON_TOO_DEEP(
      400,
      "The JSON is nested too deeply",
      "Documents may nest 32 levels. No request needs more than a few."),
  /** What was sent to be restored is no backup. */
  BAD_BACKUP(
      400,
      "The backup can't be restored",
      "Send the file that GET /v1/admin/snapshots/{tenant} gave, as it was. The detail says what is"
          + " wrong with it; nothing was changed."),
  /** The same name twice in one object. */
  DUPLICATE_KEY(
      400,
      "A JSON object names a field twice",
      "Which of the two values was meant is anybody's guess, so neither is taken."),
  /** More digits than any number needs. */
  BAD_NUMBER(400, "A number is unusable", "A number may have at most 64 characters."),
  /** A field that does not exist here. */
  UNKNOWN_FIELD(
      400,
      "The request has a field that does not exist",
      "Unknown fields are refused rather than ignored, so that a misspelt option can't pass"
          + " unnoticed. The detail names the nearest known field."),
  /** A JSON value of another type than expected. */
  BAD_TYPE(
      400,
      "A field has a value of the wrong type",
      "The pointer says which field, the detail which type was expected."),
  /** Something required is not there. */
  MISSING_FIELD(
      400, "A required field is missing", "The detail names the field and says what goes there."),
  /** A value outside of its range. */
  OUT_OF_RANGE(
      400,
      "A value is out of its range",
      "The detail gives the value and the range it must be in."),
  /** Text that is not base64 of float32. */
  BAD_BASE64(
      400,
      "A vector in base64 can't be decoded",
      "A vector may be given as standard base64 of its components: little-endian 32-bit floats, one"
          + " after the other, without anything else."),
  /** A vector of another dimension than its collection. */
  DIMENSION_MISMATCH(
      400,
      "A vector has the wrong dimension",
      "Every vector of a collection has the same number of components, fixed by the first add."
          + " Re-embed it with the model of the collection's other vectors."),
  /** A dimension that no collection can have. */
  BAD_DIMENSION(
      400, "The dimension is not possible", "The detail gives the range that this server accepts."),
  /** NaN or infinity. */
  NON_FINITE(
      400,
      "A number is NaN or infinite",
      "Components must be finite 32-bit floats. NaN usually comes from a division by zero when"
          + " normalising an all-zero embedding."),
  /** No direction under cosine. */
  ZERO_NORM(
      400,
      "A vector has no direction",
      "Under cosine similarity a vector of zeros is near to nothing. Leave such entries out."),
  /** Components too large for scores. */
  VECTOR_TOO_LONG(
      400, "A vector is too long", "Its components are so large that scores would overflow."),
  /** An unusable id. */
  BAD_ID(400, "An id is unusable", "Ids are 1 to 512 bytes of UTF-8 without control characters."),
  /** Unusable metadata. */
  BAD_METADATA(
      400,
      "Metadata is unusable",
      "Metadata is an object of at most 64 fields and 16 KiB; values are texts, finite numbers,"
          + " booleans, null or arrays of those."),
  /** The same id twice in a batch. */
  DUPLICATE_ID(
      400,
      "An id occurs twice in one batch",
      "Which of the two entries should win is not clear, so nothing was applied."),
  /** No entries, or too many. */
  BAD_BATCH(
      400,
      "A batch is empty or too large",
      "One JSON document has 1 to 10,000 entries, or 1 to 1,000 queries. As application/x-ndjson, one"
          + " vector a line, POST /v1/collections/{name}/vectors takes any number."),
  /** Not a collection name. */
  BAD_NAME(
      400,
      "Not a collection name",
      "Names are 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or a digit."),
  /** A parameter of the query, or a header, that is missing or unusable. */
  BAD_PARAMETER(
      400,
      "A parameter is missing or unusable",
      "The detail names the parameter and says what it takes."),
  /** A filter that can't be meant so. */
  BAD_FILTER(
      400,
      "The filter is unusable",
      "A filter is an object of conditions on metadata fields, as {\"year\":{\"gte\":2000}}, that all"
          + " hold, or of 'and', 'or' and 'not'. The operators are eq, ne, in, nin, gt, gte, lt, lte,"
          + " exists, prefix and contains; gt, gte, lt and lte take a number or a text."),
  /** A filter beyond its limits. */
  FILTER_TOO_COMPLEX(
      400,
      "The filter is too complex",
      "A filter nests at most 10 levels and has at most 256 conditions and 4,096 values. Many 'eq' on"
          + " one field are one 'in'."),
  /** Nothing to build an index of. */
  NOTHING_TO_FINALIZE(
      400, "There is nothing to finalize", "Add vectors first; then finalize builds their index."),
  /** A path with unsafe parts. */
  BAD_PATH(
      400,
      "The path is not acceptable",
      "Paths have no empty, '.' or '..' segments, no ';', no control characters and no encoded"
          + " slashes."),
  /** A key in the query string. */
  KEY_IN_URL(
      400,
      "An API key was given in the URL",
      "URLs end up in logs and histories. Send the key as 'Authorization: Bearer KEY' or"
          + " 'X-API-Key: KEY', and consider the one that was in the URL as disclosed."),
  /** A transfer coding other than chunked. */
  BAD_TRANSFER_ENCODING(
      400,
      "The transfer encoding is not acceptable",
      "Only 'Transfer-Encoding: chunked' on HTTP/1.1 is accepted."),
  /** No key, or one that nobody made. */
  UNAUTHENTICATED(
      401,
      "No valid API key",
      "Send the key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY', or in a JSON body as"
          + " \"api_key\"."),
  /** A valid key that may not do this. */
  FORBIDDEN(403, "This key may not do that", "The detail says which key is needed."),
  /** No room for another tenant. */
  TENANT_CAP_REACHED(
      403,
      "The server takes no more tenants",
      "The operator limits the number of tenants with MAX_TENANTS."),
  /** No room for another collection. */
  COLLECTION_CAP_REACHED(
      403,
      "The tenant has no room for another collection",
      "A tenant may have 10,000 collections."),
  /** No such tenant. */
  TENANT_NOT_FOUND(404, "No such tenant", "GET /v1/admin/tenants lists those there are."),
  /** No such key. */
  KEY_NOT_FOUND(
      404, "No such key", "GET /v1/admin/keys?tenant= lists a tenant's keys by their key_id."),
  /** No such path. */
  NOT_FOUND(404, "There is nothing at this path", "GET / lists the endpoints."),
  /** No such collection of this tenant. */
  COLLECTION_NOT_FOUND(
      404,
      "No such collection",
      "GET /v1/collections lists yours. The first add makes the collection 'default'."),
  /** No such entry. */
  VECTOR_NOT_FOUND(404, "No vector of this id", "Ids are exact: case and spaces count."),
  /** No such build of this tenant. */
  BUILD_NOT_FOUND(
      404,
      "No such build",
      "Build ids come from POST /finalize. The server remembers the last 100 of a tenant until it"
          + " is restarted."),
  /** No such operation of this tenant. */
  OPERATION_NOT_FOUND(
      404,
      "No such operation",
      "Ids come from POST /v1/collections/{name}/finalize. The server remembers the last 100"
          + " operations of a tenant until it is restarted."),
  /** A known path, another method. */
  METHOD_NOT_ALLOWED(
      405, "The method is not allowed here", "The Allow header lists the methods of this path."),
  /** Nothing that the client accepts. */
  NOT_ACCEPTABLE(
      406,
      "Nothing that you accept can be answered",
      "The hint says what this path answers. Accept that, or leave Accept out."),
  /** The body did not arrive in time. */
  REQUEST_TIMEOUT(
      408,
      "The body did not arrive in time",
      "Bodies must arrive within 10 seconds plus 1 second for every 100 kB."),
  /** A build is under way. */
  FINALIZE_IN_PROGRESS(
      409,
      "A finalize is running already",
      "Poll GET /finalize/status with the build_id of this answer. What is added meanwhile is kept"
          + " and goes into the next finalize."),
  /** It was to be cancelled, but there is nothing to cancel. */
  OPERATION_ENDED(
      409,
      "The operation has ended",
      "Only what is under way can be cancelled. What an operation did is not undone."),
  /** An operation ended because somebody wanted it to; told as its error, never as an answer. */
  OPERATION_CANCELLED(
      409,
      "The operation was cancelled",
      "It ended before it was done, and changed nothing. Begin it again when you like."),
  /** The key of another request. */
  IDEMPOTENCY_KEY_REUSED(
      409,
      "The idempotency key is that of another request",
      "An Idempotency-Key names one request for 24 hours: the same key with another body, path or"
          + " parameters is a mistake. Make a new key for every request that is not a repetition."),
  /** The same request, twice at one time. */
  IDEMPOTENCY_KEY_IN_USE(
      409,
      "The request with this idempotency key is being applied",
      "It is applied once. Send it again in a moment: then its answer is there."),
  /** A collection of that name, but another one. */
  COLLECTION_EXISTS(
      409,
      "The collection exists with other options",
      "Dimension, metric and compression are fixed when a collection is made. The detail gives those"
          + " it has. Use them, or another name."),
  /** A tenant of that name. */
  TENANT_EXISTS(
      409, "The tenant exists", "PUT /v1/admin/tenants/{tenant} changes one that is there."),
  /** A tenant that is being removed or restored. */
  TENANT_BUSY(
      409,
      "The tenant is being removed or restored",
      "Its data can be neither read nor changed for the moment. Try again soon."),
  /** A tenant that has data already. */
  TENANT_HAS_DATA(
      409,
      "The tenant has collections already",
      "A backup is restored only to a tenant that has none, so that nothing is overwritten."),
  /** Enough keys. */
  KEY_CAP_REACHED(
      409,
      "The tenant has two live keys",
      "Two let a key be replaced while both work. Revoke the one that is not used any more."),
  /** A key that is not the server's to revoke. */
  KEY_NOT_REVOCABLE(
      409,
      "The key comes from the environment",
      "It is in the variable API_KEYS: take it out there and start the server again."),
  /** No disk to have snapshots on. */
  PERSISTENCE_DISABLED(
      409,
      "There are no snapshots: the server keeps everything in memory",
      "The operator started it with ENABLE_PERSISTENCE=false."),
  /** A body over the limit. */
  BODY_TOO_LARGE(
      413,
      "The body is too large",
      "Send smaller batches: 1,000 vectors a request are a good size, base64 takes a third of the"
          + " space of decimal numbers. As application/x-ndjson, one vector a line,"
          + " POST /v1/collections/{name}/vectors takes a body of any size. The operator's limit is"
          + " MAX_REQUEST_BYTES."),
  /** A target over the limit. */
  URI_TOO_LONG(414, "The URL is too long", "URLs may have 8 KiB."),
  /** A body that is not JSON. */
  UNSUPPORTED_MEDIA_TYPE(
      415,
      "The content type is not supported",
      "Send 'Content-Type: application/json' in UTF-8, without a content encoding;"
          + " POST /v1/collections/{name}/vectors also takes application/x-ndjson."),
  /** An expectation other than 100-continue. */
  EXPECTATION_FAILED(417, "The expectation can't be met", "Only 'Expect: 100-continue' is known."),
  /** A name of the server that it does not go by. */
  UNKNOWN_HOST(
      421,
      "The server is not known by that name",
      "The operator has named the hosts that this server answers to, in ALLOWED_HOSTS. Call it by one"
          + " of them, or have yours added."),
  /** A plan's limit of so much per time. */
  RATE_LIMITED(
      429,
      "A limit of your plan is reached",
      "The detail says which limit; Retry-After says when it is worth trying again."),
  /** Wrong keys, again and again. */
  TOO_MANY_AUTH_FAILURES(
      429,
      "Too many wrong API keys",
      "Twenty wrong keys a minute are answered with 401 to one address. A right one gets in at any"
          + " time."),
  /** A defect of the server. */
  INTERNAL(
      500,
      "The server failed",
      "This is a defect. Please report it with the request_id; the server's log has the cause."),
  /** A method that nothing has. */
  NOT_IMPLEMENTED(501, "The method is not implemented", "GET / lists the endpoints."),
  /** Snapshots are still being loaded. */
  LOADING(
      503,
      "The server is still loading",
      "GET /readyz tells the progress and answers 200 when done."),
  /** The server is going down. */
  DRAINING(503, "The server is shutting down", "Try again at once: another instance may answer."),
  /** More requests than the workers can take. */
  OVERLOADED(503, "The server is overloaded", "The queue is full. Try again after the given time."),
  /** Too little memory left. */
  MEMORY_GUARD(
      503,
      "The server has too little memory left for this",
      "The add was refused before it could hurt; searches go on. The operator can give the process"
          + " more memory (-Xmx) or raise RAM_SAFETY_PERCENT."),
  /** The storage failed. */
  STORAGE_FAILED(
      503, "The storage failed", "The server's log has the cause. Nothing in memory is lost."),
  /** It took too long. */
  TIMED_OUT(
      504,
      "It took too long",
      "The call was ended so that others get their turn; nothing was changed. Ask for less at one"
          + " time."),
  /** An HTTP version that is not spoken. */
  HTTP_VERSION_NOT_SUPPORTED(
      505, "The HTTP version is not supported", "HTTP/1.1 and HTTP/1.0 are."),
  /** A plan's limit of how much. */
  QUOTA_EXCEEDED(
      507,
      "The plan's number of vectors would be exceeded",
      "Nothing of the request was applied. A larger plan has more room."),
  /** The disk is full. */
  STORAGE_FULL(
      507, "The disk is full", "Free space or enlarge the volume. Nothing in memory is lost.");

  private final int status;
  private final String title;
  private final String page;

  ProblemCode(int status, String title, String page) {
    this.status = status;
    this.title = title;
    this.page = page;
  }

  /** The stable code as clients see it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** One line that is the same for every occurrence. */
  public String title() {
    return title;
  }

  /** What to know about it: the text of the page {@code /errors/<code>}. */
  public String page() {
    return page;
  }

  /** Whether the same request may succeed later without any change. */
  public boolean retryable() {
    return isPassing(status) && !isFinal();
  }

  /** Conflicts with what stays as it is. */
  private boolean isFinal() {
    return this == COLLECTION_EXISTS
        || this == TENANT_EXISTS
        || this == TENANT_HAS_DATA
        || this == KEY_CAP_REACHED
        || this == KEY_NOT_REVOCABLE
        || this == PERSISTENCE_DISABLED
        || this == OPERATION_ENDED
        || this == OPERATION_CANCELLED
        || this == IDEMPOTENCY_KEY_REUSED;
  }

  private static boolean isPassing(int status) {
    return switch (status) {
      case 408, 409, 429, 503, 504 -> true;
      default -> false;
    };
  }
}
