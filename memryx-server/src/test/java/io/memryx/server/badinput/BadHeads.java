package io.memryx.server.badinput;

import static io.memryx.server.badinput.BadInput.row;
import static io.memryx.server.badinput.Expected.answered;
import static io.memryx.server.badinput.Expected.cut;
import static io.memryx.server.badinput.Expected.refused;
import static io.memryx.server.badinput.RawRequest.delete;
import static io.memryx.server.badinput.RawRequest.exactly;
import static io.memryx.server.badinput.RawRequest.get;
import static io.memryx.server.badinput.RawRequest.line;
import static io.memryx.server.badinput.RawRequest.post;
import static io.memryx.server.problem.ProblemCode.BAD_PARAMETER;
import static io.memryx.server.problem.ProblemCode.BAD_PATH;
import static io.memryx.server.problem.ProblemCode.BAD_TRANSFER_ENCODING;
import static io.memryx.server.problem.ProblemCode.COLLECTION_NOT_FOUND;
import static io.memryx.server.problem.ProblemCode.EXPECTATION_FAILED;
import static io.memryx.server.problem.ProblemCode.FORBIDDEN;
import static io.memryx.server.problem.ProblemCode.HTTP_VERSION_NOT_SUPPORTED;
import static io.memryx.server.problem.ProblemCode.KEY_IN_URL;
import static io.memryx.server.problem.ProblemCode.METHOD_NOT_ALLOWED;
import static io.memryx.server.problem.ProblemCode.NOT_ACCEPTABLE;
import static io.memryx.server.problem.ProblemCode.NOT_FOUND;
import static io.memryx.server.problem.ProblemCode.NOT_IMPLEMENTED;
import static io.memryx.server.problem.ProblemCode.UNAUTHENTICATED;
import static io.memryx.server.problem.ProblemCode.UNKNOWN_HOST;
import static io.memryx.server.problem.ProblemCode.UNSUPPORTED_MEDIA_TYPE;
import static io.memryx.server.problem.ProblemCode.URI_TOO_LONG;

import io.memryx.server.badinput.Sites.Made;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is wrong before a body is looked at: keys, methods, paths, headers, framing. */
@SuppressWarnings(
    "StringConcatToTextBlock") // HTTP ends its lines with CR LF, a text block does not.
final class BadHeads {
  private static final String SEARCH = "{'vector':[1,0]}";
  private static final String ADD = "{'vectors':[{'id':'x','values':[1,0]}]}";
  private static final String JSON = "application/json";
  private static final String BEARER = "WWW-Authenticate: Bearer realm=\"memryx\"";
  private static final String CLOSES = "Connection: close";

  private BadHeads() {}

  static List<BadInput> rows() {
    List<BadInput> rows = new ArrayList<>();
    rows.addAll(withoutAKey());
    rows.addAll(withTheWrongKey());
    rows.addAll(ofOthers());
    rows.addAll(methodsAndTypes());
    rows.addAll(paths());
    rows.addAll(framing());
    rows.addAll(lines());
    rows.addAll(hosts());
    return rows;
  }

  private static Expected noKey() {
    return refused(401, UNAUTHENTICATED, "the request has no API key").with(BEARER);
  }

  private static Expected unknownKey() {
    return refused(401, UNAUTHENTICATED, "the API key is not known here").with(BEARER);
  }

  private static List<BadInput> withoutAKey() {
    return List.of(
        row("01 no key", get("/v1/collections"), noKey()),
        row("01 no key, a document", post("/search").json(SEARCH), noKey()),
        row("01 no key, lines", post("/v1/collections/c/vectors").lines("{}"), noKey()),
        row(
            "no key but a name and a password",
            get("/v1/collections").header("Authorization: Basic YTpi"),
            noKey()),
        row(
            "an empty bearer key",
            get("/v1/collections").header("Authorization: Bearer  "),
            noKey()),
        row("an empty key header", get("/v1/collections").header("X-API-Key:"), noKey()),
        row(
            "an empty key in a document",
            post("/search").json("{'api_key':'','vector':[1,0]}"),
            noKey()),
        row(
            "06 a key in the URL",
            get("/v1/collections?api_key=k"),
            refused(400, KEY_IN_URL, "the URL has an API key in it")),
        row(
            "06 a key in the URL, in capitals",
            get("/v1/collections?API_KEY=k").key("k"),
            refused(400, KEY_IN_URL, "the URL has an API key in it")),
        row(
            "06 a token in the URL, encoded",
            get("/livez?%74oken=k"),
            refused(400, KEY_IN_URL, "the URL has an API key in it")));
  }

  private static BadInput keyed(
      String name, Function<Sites, RawRequest> request, Expected expected) {
    return new BadInput(name, sites -> sites.send(Site.KEYS, request.apply(sites)), expected);
  }

  private static Expected forbidden(String detail) {
    return refused(403, FORBIDDEN, detail);
  }

  private static Expected needs(String scope) {
    return forbidden(
        "this call needs a key with the scope '%s', which this one has not".formatted(scope));
  }

  private static List<BadInput> withTheWrongKey() {
    return List.of(
        keyed("02 a malformed key", _ -> get("/v1/collections").key("no such thing"), unknownKey()),
        keyed(
            "02 a key that nobody made",
            _ -> get("/v1/collections").key("mrx_000000000000_" + "0".repeat(43)),
            unknownKey()),
        keyed(
            "02 a revoked key",
            sites -> get("/v1/collections").key(sites.key(Made.REVOKED)),
            unknownKey()),
        keyed(
            "02 an expired key",
            sites -> get("/v1/collections").key(sites.key(Made.EXPIRED)),
            unknownKey()),
        keyed(
            "02 an unknown key in a document",
            _ -> post("/search").json("{'api_key':'nope','vector':[1,0]}"),
            unknownKey()),
        keyed(
            "02 an endless key", _ -> get("/v1/collections").key("k".repeat(2_000)), unknownKey()),
        keyed(
            "an unknown key in the head, a right one in the document",
            _ -> post("/search").key("nope").json("{'api_key':'ACME','vector':[1,0]}"),
            unknownKey()),
        keyed(
            "a right key in the head, an unknown one in the document",
            _ -> post("/search").key("ACME").json("{'api_key':'nope','vector':[1,0]}"),
            answered(200, "\"id\":\"hers\"")),
        keyed(
            "04 a reader adds",
            sites -> post("/add").key(sites.key(Made.READER)).json(ADD),
            needs("write")),
        keyed(
            "04 a reader adds, the key in the document",
            sites ->
                post("/add")
                    .json("{'api_key':'" + sites.key(Made.READER) + "'," + ADD.substring(1)),
            needs("write")),
        keyed(
            "04 a reader finalizes",
            sites -> post("/finalize").key(sites.key(Made.READER)),
            needs("write")),
        keyed(
            "a writer searches",
            sites -> post("/search").key(sites.key(Made.WRITER)).json(SEARCH),
            needs("read")),
        keyed(
            "a writer drops a collection",
            sites -> delete("/v1/collections/default").key(sites.key(Made.WRITER)),
            needs("admin")),
        keyed(
            "a tenant administers",
            _ -> get("/v1/admin/tenants").key("ACME"),
            forbidden("a tenant's key can't call /v1/admin")),
        keyed(
            "a tenant restores",
            _ -> post("/v1/admin/snapshots/acme/restore").key("ACME").body("application/zip", "x"),
            forbidden("a tenant's key can't call /v1/admin")),
        keyed(
            "the administrator searches",
            _ -> post("/search").key(Sites.ROOT).json(SEARCH),
            forbidden("the administrator's key has no collections")),
        keyed("nobody administers", _ -> get("/v1/admin/keys"), noKey()));
  }

  private static List<BadInput> ofOthers() {
    String theirs = "/v1/collections/hers";
    Expected missing = refused(404, COLLECTION_NOT_FOUND, "there is no collection 'hers'");
    return List.of(
        keyed("05 another's collection, looked at", _ -> get(theirs).key("GLOBEX"), missing),
        keyed(
            "05 another's collection, its figures",
            _ -> get(theirs + "/stats").key("GLOBEX"),
            missing),
        keyed(
            "05 another's collection, listed",
            _ -> get(theirs + "/vectors").key("GLOBEX"),
            missing),
        keyed(
            "05 another's collection, searched",
            _ -> post(theirs + "/search").key("GLOBEX").json(SEARCH),
            missing),
        keyed(
            "05 another's collection, deleted from",
            _ -> post(theirs + "/delete").key("GLOBEX").json("{'ids':['hers']}"),
            missing),
        keyed(
            "05 another's collection, finalized",
            _ -> post(theirs + "/finalize").key("GLOBEX"),
            missing),
        keyed("05 another's collection, dropped", _ -> delete(theirs).key("GLOBEX"), missing),
        keyed("05 another's entry", _ -> get(theirs + "/vectors/hers").key("GLOBEX"), missing));
  }

  private static Expected.Refused wrongMethod(String method, String allowed) {
    return refused(405, METHOD_NOT_ALLOWED, "this path has no " + method).with("Allow: " + allowed);
  }

  private static List<BadInput> methodsAndTypes() {
    Expected unknown = refused(501, NOT_IMPLEMENTED, "no path has this method");
    Expected nothing = refused(404, NOT_FOUND, "there is nothing at this path");
    Expected notUtf8Json =
        refused(415, UNSUPPORTED_MEDIA_TYPE, "the content type is not application/json in UTF-8");
    Expected encoded =
        refused(415, UNSUPPORTED_MEDIA_TYPE, "the body has a content encoding, expected none");
    return List.of(
        row("19 TRACE", RawRequest.of("TRACE", "/health"), unknown),
        row(
            "19 CONNECT",
            line("CONNECT localhost:80 HTTP/1.1").header("Host: localhost:80").header(CLOSES),
            unknown),
        row("19 an unknown method", RawRequest.of("BREW", "/health"), unknown),
        row("19 a method in small letters", RawRequest.of("get", "/health"), unknown),
        row(
            "19 PATCH, which no path has",
            RawRequest.of("PATCH", "/health"),
            wrongMethod("PATCH", "GET, HEAD, OPTIONS")),
        row("20 GET of what is posted", get("/add").key("k"), wrongMethod("GET", "OPTIONS, POST")),
        row("20 DELETE of a probe", delete("/health"), wrongMethod("DELETE", "GET, HEAD, OPTIONS")),
        row(
            "20 POST where PUT is meant",
            post("/v1/collections/c").key("k").json("{'dimension':2}"),
            wrongMethod("POST", "DELETE, GET, HEAD, OPTIONS, PUT")),
        row("21 an unknown path", get("/nope"), nothing),
        row("21 another version", get("/v2/collections").key("k"), nothing),
        row("21 a path in capitals", get("/V1/collections").key("k"), nothing),
        row(
            "21 an error that there is not",
            get("/errors/nope"),
            refused(404, NOT_FOUND, "there is no error of that name")),
        row(
            "24 no content type",
            post("/search").key("k").header("Content-Length: 2").then("{}"),
            refused(415, UNSUPPORTED_MEDIA_TYPE, "the request has a body, but no content type")),
        row("24 plain text", post("/search").key("k").body("text/plain", SEARCH), notUtf8Json),
        row(
            "24 a form",
            post("/search").key("k").body("application/x-www-form-urlencoded", "a=b"),
            notUtf8Json),
        row(
            "24 a multipart form",
            post("/search").key("k").body("multipart/form-data; boundary=x", "--x--"),
            notUtf8Json),
        row(
            "24 another charset",
            post("/search").key("k").body("application/json; charset=utf-16", SEARCH),
            notUtf8Json),
        row(
            "24 lines where a document is meant",
            post("/search").key("k").lines(SEARCH),
            notUtf8Json),
        row(
            "24 a content type that is none",
            post("/search").key("k").body(";;,", SEARCH),
            notUtf8Json),
        row(
            "24 a document where a zip is meant",
            post("/v1/admin/snapshots/acme/restore").key(Sites.ROOT).json("{}"),
            forbidden("a tenant's key can't call /v1/admin")),
        row(
            "25 gzip",
            post("/search").key("k").header("Content-Encoding: gzip").json("{}"),
            encoded),
        row(
            "25 identity and gzip",
            post("/search")
                .key("k")
                .header("Content-Encoding: identity")
                .header("Content-Encoding: gzip")
                .json("{}"),
            encoded),
        row(
            "25 several in one",
            post("/search").key("k").header("Content-Encoding: identity, br").json("{}"),
            encoded),
        row(
            "25 of lines",
            post("/v1/collections/c/vectors")
                .key("k")
                .header("Content-Encoding: deflate")
                .lines("{}"),
            encoded),
        row(
            "nothing acceptable",
            get("/v1/collections").key("k").header("Accept: text/csv"),
            refused(406, NOT_ACCEPTABLE, "the answer is application/json, which Accept rules out")),
        row(
            "JSON ruled out",
            get("/v1/collections").key("k").header("Accept: application/json;q=0"),
            refused(406, NOT_ACCEPTABLE, "the answer is application/json, which Accept rules out")),
        row(
            "an Accept that is none",
            get("/v1/collections").key("k").header("Accept: ;;,/,q=q"),
            refused(406, NOT_ACCEPTABLE, "the answer is application/json, which Accept rules out")),
        row(
            "an idempotency key of nothing",
            post("/v1/collections/default/vectors").key("k").header("Idempotency-Key:").json(ADD),
            refused(
                400,
                BAD_PARAMETER,
                "the header 'Idempotency-Key' is not 1 to 255 printable characters of ASCII")),
        row(
            "an endless idempotency key",
            post("/v1/collections/default/vectors")
                .key("k")
                .header("Idempotency-Key: " + "i".repeat(256))
                .json(ADD),
            refused(
                400,
                BAD_PARAMETER,
                "the header 'Idempotency-Key' is not 1 to 255 printable characters of ASCII")),
        row(
            "an unusable request id is replaced",
            get("/livez").header("X-Request-Id: a b<script>"),
            answered(200, "\"status\":\"ok\"")),
        row(
            "an unknown parameter",
            get("/v1/collections/default/vectors?limt=1").key("k"),
            refused(400, BAD_PARAMETER, "there is no query parameter 'limt' here")),
        row(
            "a parameter twice",
            get("/v1/collections/default/vectors?limit=1&limit=2").key("k"),
            refused(400, BAD_PARAMETER, "a query parameter is there twice")));
  }

  private static Expected badPath(String reason) {
    return refused(400, BAD_PATH, "the URL is not acceptable: " + reason);
  }

  private static BadInput path(String name, String target, Expected expected) {
    return row(
        "22 " + name,
        line("GET " + target + " HTTP/1.1").header("Host: localhost").header(CLOSES).key("k"),
        expected);
  }

  private static List<BadInput> paths() {
    Expected empty = badPath("it has an empty segment, '.' or '..'");
    Expected parameters = badPath("it must begin with '/' and have neither ';' nor '\\'");
    Expected control = badPath("it has a control character");
    Expected separator = badPath("it has an encoded separator");
    Expected notUtf8 = badPath("it is not valid UTF-8");
    return List.of(
        path("..", "/v1/../health", empty),
        path("%2e%2e", "/v1/%2e%2e/health", empty),
        path("%2E%2e at the end", "/v1/%2E%2e", empty),
        path("a dot", "/./health", empty),
        path("//", "/v1//collections", empty),
        path("// in front", "//health", empty),
        path("/ at the end", "/v1/collections/", empty),
        path("%2f", "/v1/collections/a%2fb", separator),
        path("%2F.. in an unknown path", "/nope%2F..", separator),
        path("%5c", "/v1/collections/a%5cb", separator),
        path("%00", "/health%00", control),
        path("%0d%0a", "/health%0d%0aX-Evil:%20y", control),
        path("a matrix parameter", "/health;x=y", parameters),
        path("a matrix parameter in the middle", "/v1;x=y/collections", parameters),
        path("%3b", "/health%3b", separator),
        path("overlong UTF-8", "/%c0%af", notUtf8),
        path("half of UTF-8", "/%ff", notUtf8),
        path("a surrogate as UTF-8", "/%ed%a0%80", notUtf8),
        path("%zz", "/%zz", cut(400)),
        path("a lone %", "/health%", cut(400)),
        path("%u", "/%u0041", cut(400)),
        path("a backslash", "/v1\\collections", cut(400)),
        path("beyond ASCII", "/h\u00e9alth", cut(400)),
        path("a bracket", "/<script>", cut(400)),
        path("a target that is no path", "health", cut(400)),
        path(
            "../ in an id is an id",
            "/v1/collections/default/vectors/..%2f..%2fetc%2fpasswd",
            answered(404, "\"code\":\"vector_not_found\"")),
        path("an encoded control character in the query", "/livez?x=%07", control),
        path("broken UTF-8 in the query", "/livez?x=%c3(", notUtf8),
        row(
            "the server as a whole",
            line("OPTIONS * HTTP/1.1").header("Host: localhost").header(CLOSES),
            parameters));
  }

  private static List<BadInput> framing() {
    Expected transfer =
        refused(
                400,
                BAD_TRANSFER_ENCODING,
                "the transfer encoding is not exactly 'chunked' on HTTP/1.1")
            .with(CLOSES);
    String chunks = "2\r\n{}\r\n0\r\n\r\n";
    RawRequest search = post("/search").key("k").header("Content-Type: " + JSON);
    List<BadInput> rows = new ArrayList<>();
    for (String coding :
        List.of(
            "xchunked",
            "chunked, identity",
            "gzip, chunked",
            "identity",
            "chunked;q=1",
            "\"chunked\"")) {
      rows.add(
          row(
              "15 transfer encoding " + coding,
              post("/search")
                  .key("k")
                  .header("Content-Type: " + JSON)
                  .header("Transfer-Encoding: " + coding)
                  .then(chunks),
              transfer));
    }
    rows.add(
        row(
            "15 transfer encoding twice",
            search
                .header("Transfer-Encoding: chunked")
                .header("Transfer-Encoding: chunked")
                .then(chunks),
            cut(400)));
    rows.add(
        row(
            "15 chunks on HTTP/1.0",
            line("POST /search HTTP/1.0")
                .key("k")
                .header("Content-Type: " + JSON)
                .header("Transfer-Encoding: chunked")
                .then(chunks),
            transfer));
    for (String bad :
        List.of(
            "2\r\nTransfer-Encoding: chunked",
            "2\r\nContent-Length: 3",
            "2\r\nContent-Length: 2",
            "-1",
            "+2",
            "0x2",
            "2, 2",
            "2 2",
            "99999999999999999999")) {
      rows.add(
          row(
              "14 content length " + bad.replace("\r\n", " | "),
              post("/search")
                  .key("k")
                  .header("Content-Type: " + JSON)
                  .header("Content-Length: " + bad)
                  .then("{}"),
              cut(400)));
    }
    rows.add(
        row(
            "a chunk without a size",
            post("/search")
                .key("k")
                .header("Content-Type: " + JSON)
                .header("Transfer-Encoding: chunked")
                .then("zz\r\n{}\r\n"),
            Expected.silence()));
    rows.add(
        row(
            "a chunk of a negative size",
            post("/search")
                .key("k")
                .header("Content-Type: " + JSON)
                .header("Transfer-Encoding: chunked")
                .then("-2\r\n{}\r\n0\r\n\r\n"),
            Expected.silence()));
    rows.add(
        row(
            "18 an unknown expectation",
            get("/livez").header("Expect: magic"),
            refused(417, EXPECTATION_FAILED, "the expectation is unknown").with(CLOSES)));
    rows.add(
        row(
            "18 two expectations",
            get("/livez").header("Expect: 100-continue").header("Expect: magic"),
            refused(417, EXPECTATION_FAILED, "the expectation is unknown")));
    return rows;
  }

  private static BadInput raw(String name, String request, Expected expected) {
    return row(name, exactly(request), expected);
  }

  private static List<BadInput> lines() {
    String end = "Host: localhost\r\nConnection: close\r\n\r\n";
    Expected well = answered(200, "\"status\":\"ok\"");
    Expected version =
        refused(505, HTTP_VERSION_NOT_SUPPORTED, "the version is unknown").with(CLOSES);
    List<BadInput> rows =
        new ArrayList<>(
            List.of(
                raw("17 HTTP/0.9", "GET /livez HTTP/0.9\r\n" + end, version),
                raw("17 HTTP/1.2 is answered as HTTP/1.1", "GET /livez HTTP/1.2\r\n" + end, well),
                raw(
                    "17 HTTP/9.9 is taken for HTTP/1.1 by the parser",
                    "GET /livez HTTP/9.9\r\n" + end,
                    well),
                raw("17 HTTP/2.0", "GET /livez HTTP/2.0\r\n" + end, cut(400)),
                raw("17 the beginning of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", cut(400)),
                raw("17 HTTX/1.1", "GET /livez HTTX/1.1\r\n" + end, cut(400)),
                raw("17 http/1.1", "GET /livez http/1.1\r\n" + end, cut(400)),
                raw("17 no version", "GET /livez\r\n" + end, cut(400)),
                raw(
                    "16 a folded key is one with a space",
                    "GET /v1/collections HTTP/1.1\r\nX-API-Key: a\r\n b\r\n" + end,
                    answered(200, "\"collections\":[]")),
                raw(
                    "16 a folded type is one with a space",
                    "GET /v1/collections HTTP/1.1\r\nX-API-Key: k\r\nAccept: application/\r\n json\r\n"
                        + end,
                    refused(
                        406,
                        NOT_ACCEPTABLE,
                        "the answer is application/json, which Accept rules out")),
                raw(
                    "16 a folded transfer encoding",
                    "POST /search HTTP/1.1\r\nX-API-Key: k\r\nContent-Type: application/json\r\nTransfer-Encoding: chun\r\n ked\r\n"
                        + end
                        + "0\r\n\r\n",
                    refused(
                            400,
                            BAD_TRANSFER_ENCODING,
                            "the transfer encoding is not exactly 'chunked' on HTTP/1.1")
                        .with(CLOSES)),
                raw(
                    "16 a folded content length",
                    "POST /search HTTP/1.1\r\nX-API-Key: k\r\nContent-Type: application/json\r\nContent-Length: 1\r\n 6\r\n"
                        + end
                        + "{\"vector\":[1,0]}",
                    cut(400)),
                raw(
                    "16 a bare CR in a header",
                    "GET /livez HTTP/1.1\r\nX-A: a\rb\r\n" + end,
                    cut(400)),
                raw(
                    "16 lines that end in LF",
                    "GET /livez HTTP/1.1\nHost: localhost\nConnection: close\n\n",
                    cut(400)),
                raw("16 NUL in a header", "GET /livez HTTP/1.1\r\nX-A: a\0b\r\n" + end, cut(400)),
                raw(
                    "16 a space before the first header",
                    "GET /livez HTTP/1.1\r\n X-A: a\r\n" + end,
                    cut(400)),
                raw(
                    "16 a space before the colon",
                    "GET /livez HTTP/1.1\r\nX-A : a\r\n" + end,
                    cut(400)),
                raw("16 a header without a name", "GET /livez HTTP/1.1\r\n: a\r\n" + end, cut(400)),
                raw(
                    "16 a header without a colon",
                    "GET /livez HTTP/1.1\r\nX-A\r\n" + end,
                    cut(400)),
                raw(
                    "16 a space in a header's name",
                    "GET /livez HTTP/1.1\r\nX A: a\r\n" + end,
                    cut(400)),
                raw("no request at all", "\0\1\2\3\r\n\r\n", cut(400)),
                raw("a greeting of TLS", "\26\3\1\2\0\1\0\1\374\3\3\r\n\r\n", cut(400)),
                raw(
                    "a header's name of all there is",
                    "GET /livez HTTP/1.1\r\nX<>@: a\r\n" + end,
                    cut(400))));
    rows.add(
        row(
            "12 a header of 17 kB",
            get("/livez").header("X-Large: " + "a".repeat(17_000)),
            cut(400)));
    rows.add(row("12 65 headers", many(65, "X-%d: a"), cut(400)));
    rows.add(
        row(
            "12 100 cookies, which nobody reads",
            get("/livez").header("Cookie: " + "a=1; ".repeat(100)),
            well));
    rows.add(
        row(
            "12 a URL of 9 kB",
            get("/livez?x=" + "a".repeat(9_000)),
            refused(414, URI_TOO_LONG, "the URL has 9008 characters, expected at most 8192")));
    rows.add(row("12 33 parameters", get("/livez?" + "a=b&".repeat(33)), cut(400)));
    return rows;
  }

  private static RawRequest many(int count, String header) {
    RawRequest request = get("/livez");
    for (int at = 0; at < count; at++) {
      request.header(header.formatted(at));
    }
    return request;
  }

  private static BadInput named(String name, String host, Expected expected) {
    byte[] request =
        line("GET /v1/collections HTTP/1.1")
            .header("Host: " + host)
            .header(CLOSES)
            .key("k")
            .bytes();
    return new BadInput(name, sites -> sites.send(Site.NAMED, request), expected);
  }

  private static List<BadInput> hosts() {
    Expected unknown = refused(421, UNKNOWN_HOST, "the server is not known by the name in Host");
    return List.of(
        raw("23 no host", "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n", cut(400)),
        raw("23 two hosts", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", cut(400)),
        raw("23 an impossible host", "GET /livez HTTP/1.1\r\nHost: a b/c\r\n\r\n", cut(400)),
        raw(
            "23 another host in the target",
            "GET http://evil.example/livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
            cut(400)),
        raw(
            "the same host in the target",
            "GET http://localhost/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            answered(200, "\"status\":\"ok\"")),
        named("23 a host that is not allowed", "evil.example", unknown),
        named("23 a host that ends like one that is", "not-memryx.example", unknown),
        named("23 a host that begins like one that is", "memryx.example.evil.example:80", unknown),
        named(
            "a host that is allowed, in capitals and with a port",
            "MEMRYX.example:8080",
            answered(200, "\"collections\":[]")),
        new BadInput(
            "a probe by address where hosts are named",
            sites ->
                sites.send(
                    Site.NAMED,
                    line("GET /livez HTTP/1.1").header("Host: 10.0.0.7:8080").header(CLOSES)),
            answered(200, "\"status\":\"ok\"")));
  }
}
