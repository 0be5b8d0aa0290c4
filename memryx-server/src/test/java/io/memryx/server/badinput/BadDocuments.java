package io.memryx.server.badinput;

import static io.memryx.server.badinput.BadInput.row;
import static io.memryx.server.badinput.Expected.answered;
import static io.memryx.server.badinput.Expected.refused;
import static io.memryx.server.badinput.RawRequest.delete;
import static io.memryx.server.badinput.RawRequest.get;
import static io.memryx.server.badinput.RawRequest.post;
import static io.memryx.server.badinput.RawRequest.put;

import io.memryx.server.problem.ProblemCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What is wrong in a body or in what a path or a parameter says. */
final class BadDocuments {
  private static final String DEFAULT = "/v1/collections/default";
  private static final String VECTORS = DEFAULT + "/vectors";
  private static final int MANY_KEYS = 3_000;

  private BadDocuments() {}

  static List<BadInput> rows() {
    List<BadInput> rows = new ArrayList<>();
    rows.addAll(json());
    rows.addAll(numbers());
    rows.addAll(entries());
    rows.addAll(metadata());
    rows.addAll(searches());
    rows.addAll(filters());
    rows.addAll(collections());
    rows.addAll(lines());
    rows.addAll(otherCalls());
    rows.addAll(administration());
    return rows;
  }

  private static Expected.Refused bad(ProblemCode code, String detail) {
    return refused(code.status(), code, detail);
  }

  private static BadInput add(String name, String document, Expected expected) {
    return row(name, post("/add").key("k").json(document), expected);
  }

  private static BadInput addBytes(String name, byte[] document, Expected expected) {
    return row(name, post("/add").key("k").body("application/json", document), expected);
  }

  private static String entry(String fields) {
    return "{'vectors':[{" + fields + "}]}";
  }

  private static String values(String values) {
    return entry("'id':'x','values':" + values);
  }

  private static byte[] joined(byte[] first, String second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    return all.toByteArray();
  }

  private static List<BadInput> json() {
    String good = values("[1,0]");
    return List.of(
        row(
            "a body of nothing",
            post("/add").key("k").json(""),
            bad(ProblemCode.BAD_JSON, "the request has no body")),
        add("26 nothing but blanks", "  \r\n ", bad(ProblemCode.BAD_JSON, "the body is empty")),
        add(
            "26 no end",
            "{'vectors':[",
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 12: Unexpected end-of-input: expected close marker for Array")),
        add(
            "26 no end of a name",
            "{'vec",
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 5: Unexpected end-of-input in property name")),
        add(
            "26 another bracket",
            "{'vectors':[}",
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 12: Unexpected close marker '}': expected ']'")),
        add(
            "26 no colon",
            "{'vectors' 1}",
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 11: Unexpected character ('1'): was expecting a colon")),
        add(
            "26 a comma too many",
            "{'vectors':[],}",
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 14: Unexpected character ('}'): was expecting double-quote to start property name")),
        add(
            "26 a comment",
            "{/* a */'vectors':[]}",
            bad(ProblemCode.BAD_JSON, "not valid JSON at byte 1: Unexpected character ('/')")),
        add(
            "26 a name without quotes",
            "{vectors:[]}",
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 1: Unexpected character ('v'): was expecting double-quote to start property name")),
        row(
            "26 single quotes",
            post("/add").key("k").jsonAsItIs("{'vectors':[]}"),
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 1: Unexpected character ('''): was expecting double-quote to start property name")),
        add(
            "26 a word",
            good + " x",
            bad(ProblemCode.BAD_JSON, "not valid JSON at byte 40: Unrecognized token 'x'")),
        add(
            "26 a second document",
            good + "{}",
            bad(ProblemCode.BAD_JSON, "something follows the JSON document, at byte 39")),
        addBytes(
            "26 a byte order mark",
            joined(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, good),
            bad(ProblemCode.BAD_JSON, "not valid JSON at byte 2: Unexpected character ('?')")),
        addBytes(
            "26 UTF-16",
            good.replace('\'', '"').getBytes(StandardCharsets.UTF_16LE),
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 1: Illegal character ((CTRL-CHAR, code 0))")),
        addBytes(
            "26 broken UTF-8",
            broken(),
            bad(ProblemCode.BAD_JSON, "not valid JSON at byte 21: Invalid UTF-8 middle byte 0x22")),
        add(
            "26 a line end in a text",
            entry("'id':'a\nb','values':[1,0]"),
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 20: Illegal unquoted character ((CTRL-CHAR, code 10))")),
        add(
            "26 an unknown escape",
            entry("'id':'\\x41','values':[1,0]"),
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 20: Unrecognized character escape 'x'")),
        add(
            "27 40 lists in one another",
            "{'vectors':" + "[".repeat(40) + "]".repeat(40) + "}",
            bad(ProblemCode.BAD_TYPE, "expected an object, got an array").at("/vectors/0")),
        add(
            "27 40 lists in metadata",
            entry(
                "'id':'x','values':[1,0],'metadata':{'a':" + "[".repeat(40) + "]".repeat(40) + "}"),
            bad(ProblemCode.JSON_TOO_DEEP, "the document nests more than 32 levels")),
        add(
            "27 90,000 brackets",
            "{'vectors':[{'metadata':{'a':" + "[".repeat(90_000),
            bad(ProblemCode.JSON_TOO_DEEP, "the document nests more than 32 levels")),
        add(
            "28 a field twice",
            "{'vectors':[],'vectors':[]}",
            bad(ProblemCode.DUPLICATE_KEY, "field 'vectors' is there twice").at("/vectors")),
        add(
            "28 a field of an entry twice",
            entry("'id':'x','id':'y','values':[1,0]"),
            bad(ProblemCode.DUPLICATE_KEY, "field 'id' is there twice").at("/vectors/0/id")),
        add(
            "28 a field of metadata twice",
            entry("'id':'x','values':[1,0],'metadata':{'k':1,'k':2}"),
            bad(ProblemCode.DUPLICATE_KEY, "field 'k' is there twice").at("/vectors/0/metadata/k")),
        add(
            "28 a field twice, once by escapes",
            "{'vectors':[],'\\u0076ectors':[]}",
            bad(ProblemCode.DUPLICATE_KEY, "field 'vectors' is there twice").at("/vectors")),
        add(
            "29 an unknown field",
            "{'vektors':[]}",
            bad(ProblemCode.UNKNOWN_FIELD, "there is no field 'vektors' here").at("/vektors")),
        add(
            "29 an unknown field of an entry",
            entry("'id':'x','value':[1,0]"),
            bad(ProblemCode.UNKNOWN_FIELD, "there is no field 'value' here")
                .at("/vectors/0/value")),
        add(
            "29 a field of control characters",
            "{'\\u0000\\u0007':1}",
            bad(ProblemCode.UNKNOWN_FIELD, "there is no field '??' here").at("/\u0000\u0007")),
        add(
            "29 a field like an object's own",
            "{'__proto__':{}}",
            bad(ProblemCode.UNKNOWN_FIELD, "there is no field '__proto__' here").at("/__proto__")),
        add(
            "an endless name",
            "{'" + "n".repeat(2_000) + "':1}",
            bad(ProblemCode.BAD_JSON, "a text or name in the document is too long")),
        add(
            "an endless text",
            entry("'id':'" + "x".repeat(70_000) + "'"),
            bad(ProblemCode.BAD_JSON, "a text or name in the document is too long")),
        add(
            "a list where an object is meant",
            "[]",
            bad(ProblemCode.BAD_TYPE, "expected an object, got an array").at("")),
        add(
            "a text where an object is meant",
            "'vectors'",
            bad(ProblemCode.BAD_TYPE, "expected an object, got a text").at("")),
        add(
            "null where an object is meant",
            "null",
            bad(ProblemCode.BAD_TYPE, "expected an object, got null").at("")),
        add(
            "an object where a list is meant",
            "{'vectors':{}}",
            bad(ProblemCode.BAD_TYPE, "expected an array of entries, got an object")
                .at("/vectors")),
        add(
            "a number where an entry is meant",
            "{'vectors':[1]}",
            bad(ProblemCode.BAD_TYPE, "expected an object, got a number").at("/vectors/0")),
        add(
            "no vectors",
            "{}",
            bad(ProblemCode.MISSING_FIELD, "the field 'vectors' is missing").at("/vectors")));
  }

  private static byte[] broken() {
    byte[] bytes =
        values("[1,0]").replace('\'', '"').replace('x', '?').getBytes(StandardCharsets.UTF_8);
    bytes[new String(bytes, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xc3;
    return bytes;
  }

  private static List<BadInput> numbers() {
    return List.of(
        add(
            "30 a number of 60,000 digits",
            values("[1" + "0".repeat(60_000) + ",0]"),
            bad(ProblemCode.BAD_NUMBER, "a number has more than 64 characters")),
        add(
            "30 a number of 70 places",
            values("[0." + "1".repeat(70) + ",0]"),
            bad(ProblemCode.BAD_NUMBER, "a number has more than 64 characters")),
        add(
            "30 an exponent of 70 digits",
            values("[1e" + "9".repeat(70) + ",0]"),
            bad(ProblemCode.BAD_NUMBER, "a number has more than 64 characters")),
        add(
            "30 1e400",
            values("[1e400,0]"),
            bad(
                    ProblemCode.NON_FINITE,
                    "component 0 of the vector is Infinity, expected a finite number")
                .at("/vectors/0/values")),
        add(
            "30 a zero in front",
            values("[01,0]"),
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 33: Invalid numeric value: Leading zeroes not allowed")),
        add(
            "30 a hexadecimal number",
            values("[0x1,0]"),
            bad(ProblemCode.BAD_JSON, "not valid JSON at byte 33: Unexpected character ('x')")),
        add(
            "30 a plus in front",
            values("[+1,0]"),
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 33: Unexpected character ('+') in numeric value")),
        add(
            "31 NaN",
            values("[NaN,0]"),
            bad(
                    ProblemCode.NON_FINITE,
                    "component 0 of the vector is NaN, expected a finite number")
                .at("/vectors/0/values")),
        add(
            "31 -Infinity",
            values("[0,-Infinity]"),
            bad(
                    ProblemCode.NON_FINITE,
                    "component 1 of the vector is -Infinity, expected a finite number")
                .at("/vectors/0/values")),
        add(
            "31 a text of NaN",
            values("[1,'NaN']"),
            bad(ProblemCode.BAD_TYPE, "expected a number (every component is one), got a text")
                .at("/vectors/0/values/1")),
        add(
            "31 more than a float",
            values("[1e39,0]"),
            bad(
                    ProblemCode.NON_FINITE,
                    "component 0 of the vector is Infinity, expected a finite number")
                .at("/vectors/0/values")),
        add(
            "31 NaN in base64",
            values("'AADAfwAAAAA='"),
            bad(
                    ProblemCode.NON_FINITE,
                    "component 0 of the vector is NaN, expected a finite number")
                .at("/vectors/0/values")),
        add(
            "32 three components for two",
            values("[1,0,0]"),
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "vector has 3 dimensions, collection 'default' expects 2")
                .at("/vectors/0/values")),
        add(
            "32 one component for two, in base64",
            values("'AACAPw=='"),
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "vector has 1 dimensions, collection 'default' expects 2")
                .at("/vectors/0/values")),
        add(
            "33 zeros",
            values("[0,0]"),
            bad(
                    ProblemCode.ZERO_NORM,
                    "the vector's length is 0.00: it has no direction, and the metric is cosine")
                .at("/vectors/0/values")),
        add(
            "33 next to nothing",
            values("[1e-45,1e-46]"),
            bad(
                    ProblemCode.ZERO_NORM,
                    "the vector's length is 1.40e-45: it has no direction, and the metric is cosine")
                .at("/vectors/0/values")),
        add(
            "33 more than can be squared",
            values("[3e38,3e38]"),
            bad(
                    ProblemCode.VECTOR_TOO_LONG,
                    "the vector's length is 4.24e+38, the limit is 3.16e+18")
                .at("/vectors/0/values")),
        add(
            "34 no components",
            values("[]"),
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "vector has 0 dimensions, collection 'default' expects 2")
                .at("/vectors/0/values")),
        row(
            "34 no components, the first of all",
            post("/add").key("fresh").json(values("[]")),
            bad(ProblemCode.BAD_DIMENSION, "vector has 0 dimensions, expected 1..4096")
                .at("/vectors/0/values")),
        add(
            "34 4,097 components",
            values("[" + "1,".repeat(4_096) + "1]"),
            bad(ProblemCode.BAD_DIMENSION, "vector has more than 4096 dimensions")
                .at("/vectors/0/values/4096")),
        add(
            "a text among numbers",
            values("[1,'0']"),
            bad(ProblemCode.BAD_TYPE, "expected a number (every component is one), got a text")
                .at("/vectors/0/values/1")),
        add(
            "null among numbers",
            values("[1,null]"),
            bad(ProblemCode.BAD_TYPE, "expected a number (every component is one), got null")
                .at("/vectors/0/values/1")),
        add(
            "a list among numbers",
            values("[[1,0]]"),
            bad(ProblemCode.BAD_TYPE, "expected a number (every component is one), got an array")
                .at("/vectors/0/values/0")),
        add(
            "no base64",
            values("'####'"),
            bad(ProblemCode.BAD_BASE64, "the text is not standard base64").at("/vectors/0/values")),
        add(
            "base64 for URLs",
            values("'__-_-w=='"),
            bad(ProblemCode.BAD_BASE64, "the text is not standard base64").at("/vectors/0/values")),
        add(
            "five bytes in base64",
            values("'AAAAAAA='"),
            bad(ProblemCode.BAD_BASE64, "the text is 5 bytes, not a multiple of 4")
                .at("/vectors/0/values")));
  }

  private static List<BadInput> entries() {
    String one = "{'id':'x','values':[1,0]}";
    return List.of(
        add(
            "38 no entries",
            "{'vectors':[]}",
            bad(ProblemCode.BAD_BATCH, "the request has no vectors, expected at least one")
                .at("/vectors")),
        new BadInput(
            "38 10,001 entries",
            sites ->
                sites.send(
                    Site.FREE,
                    post("/add")
                        .key("k")
                        .json("{'vectors':[" + (one + ",").repeat(10_000) + one + "]}")),
            bad(ProblemCode.BAD_BATCH, "the batch has more than 10000 entries")
                .at("/vectors/10000")),
        add(
            "38 one bad entry among good ones",
            "{'vectors':[{'id':'n1','values':[1,0]},{'id':'n2','values':[1]},{'id':'n3','values':[0,1]}]}",
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "vector has 1 dimensions, collection 'default' expects 2")
                .at("/vectors/1/values")),
        row(
            "38 nothing of it was applied",
            get(VECTORS + "/n1").key("k"),
            bad(ProblemCode.VECTOR_NOT_FOUND, "there is no vector of id 'n1'")),
        add(
            "38 several bad entries",
            "{'vectors':[{'id':'n1','values':[1]},{'id':'n2','values':[1,0]},{'id':'n3','values':[0,0]}]}",
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "2 entries are at fault; the first, at position 0: vector has 1 dimensions, collection 'default' expects 2")
                .at("/vectors/0/values", "/vectors/2/values")),
        add(
            "39 an id of nothing",
            entry("'id':'','values':[1,0]"),
            bad(ProblemCode.BAD_ID, "the id is empty").at("/vectors/0/id")),
        add(
            "39 an id of 513 bytes",
            entry("'id':'" + "x".repeat(513) + "','values':[1,0]"),
            bad(ProblemCode.BAD_ID, "the id takes 513 bytes, the limit is 512")
                .at("/vectors/0/id")),
        add(
            "39 an id of 513 bytes, 171 characters",
            entry("'id':'" + "\u20ac".repeat(171) + "','values':[1,0]"),
            bad(ProblemCode.BAD_ID, "the id takes 513 bytes, the limit is 512")
                .at("/vectors/0/id")),
        add(
            "39 an id with a bell",
            entry("'id':'\\u0007','values':[1,0]"),
            bad(ProblemCode.BAD_ID, "the id has a control character").at("/vectors/0/id")),
        add(
            "39 an id with NUL",
            entry("'id':'a\\u0000','values':[1,0]"),
            bad(ProblemCode.BAD_ID, "the id has a control character").at("/vectors/0/id")),
        add(
            "39 an id of half a surrogate",
            entry("'id':'\\ud800','values':[1,0]"),
            bad(ProblemCode.BAD_ID, "the id has half a surrogate pair").at("/vectors/0/id")),
        add(
            "39 an id that is a number",
            entry("'id':1,'values':[1,0]"),
            bad(ProblemCode.BAD_TYPE, "expected a text, got a number").at("/vectors/0/id")),
        add(
            "39 no id",
            entry("'values':[1,0]"),
            bad(ProblemCode.MISSING_FIELD, "the entry has no field 'id'").at("/vectors/0")),
        add(
            "no values",
            entry("'id':'x'"),
            bad(ProblemCode.MISSING_FIELD, "the entry has no field 'values'").at("/vectors/0")),
        row(
            "39 ../x is an id like any other",
            post("/add").key("opaque").json(entry("'id':'../x','values':[1,0]")),
            answered(200, "\"added\":1")),
        row(
            "39 and is found again",
            get(VECTORS + "/..%2Fx").key("opaque"),
            answered(200, "\"id\":\"../x\"")),
        add(
            "40 an id twice",
            "{'vectors':[" + one + "," + one + "]}",
            bad(ProblemCode.DUPLICATE_ID, "the id at position 1 is also that at position 0")
                .at("/vectors/1/id")),
        row(
            "10 a body over the limit",
            post("/add").key("k").json("{'vectors':[" + " ".repeat(100_000) + "]}"),
            bad(ProblemCode.BODY_TOO_LARGE, "the body is larger than 100000 bytes")
                .with("Connection: close")),
        row(
            "10 a body far over the limit that is only announced",
            post("/add")
                .key("k")
                .header("Content-Type: application/json")
                .header("Content-Length: 99999999999"),
            bad(ProblemCode.BODY_TOO_LARGE, "the body is larger than 100000 bytes")
                .with("Connection: close")),
        row(
            "11 chunks over the limit",
            post("/add")
                .key("k")
                .chunked("application/json", "{'vectors':[" + " ".repeat(150_000) + "]}", 10_000),
            bad(ProblemCode.BODY_TOO_LARGE, "the body is larger than 100000 bytes")
                .with("Connection: close")),
        row(
            "11 chunks far over the limit",
            post("/add")
                .key("k")
                .chunked(
                    "application/json", "{'vectors':[" + " ".repeat(3_000_000) + "]}", 0x10000),
            bad(ProblemCode.BODY_TOO_LARGE, "the body is larger than 100000 bytes")
                .with("Connection: close")));
  }

  private static BadInput metadata(String name, String metadata, Expected expected) {
    return add(name, entry("'id':'x','values':[1,0],'metadata':" + metadata), expected);
  }

  private static List<BadInput> metadata() {
    String here = "/vectors/0/metadata";
    return List.of(
        metadata(
            "41 a text of 20 kB",
            "{'k':'" + "x".repeat(20_000) + "'}",
            bad(ProblemCode.BAD_METADATA, "metadata takes more than 16384 bytes").at(here)),
        metadata(
            "41 65 fields",
            "{" + fields(65, "'k%d':1") + "}",
            bad(ProblemCode.BAD_METADATA, "metadata has more than 64 fields").at(here + "/k64")),
        metadata(
            "41 an object in it",
            "{'k':{'deeper':1}}",
            bad(ProblemCode.BAD_METADATA, "a metadata value is an object")
                .at("/vectors/0/metadata/k")),
        metadata(
            "41 ten lists in one another",
            "{'k':" + "[".repeat(10) + "]".repeat(10) + "}",
            bad(ProblemCode.BAD_METADATA, "metadata arrays are nested more than 8 deep").at(here)),
        metadata(
            "41 a list",
            "[]",
            bad(ProblemCode.BAD_TYPE, "expected an object of metadata fields, got an array")
                .at("/vectors/0/metadata")),
        metadata(
            "41 a text",
            "'x'",
            bad(ProblemCode.BAD_TYPE, "expected an object of metadata fields, got a text")
                .at("/vectors/0/metadata")),
        metadata(
            "41 NaN",
            "{'k':NaN}",
            bad(ProblemCode.NON_FINITE, "the number is NaN").at("/vectors/0/metadata/k")),
        metadata(
            "41 1e999",
            "{'k':1e999}",
            bad(ProblemCode.NON_FINITE, "the number is Infinity").at("/vectors/0/metadata/k")),
        metadata(
            "41 half a surrogate",
            "{'k':'\\udc00'}",
            bad(ProblemCode.BAD_METADATA, "a metadata text has half a surrogate pair").at(here)),
        metadata(
            "41 half a surrogate in a name",
            "{'\\ud800':1}",
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 56: Broken surrogate pair in property name")),
        metadata(
            "41 a field without a name",
            "{'':1}",
            bad(ProblemCode.BAD_METADATA, "a metadata field has an empty name").at(here)),
        row(
            "41 what would be code elsewhere is kept as it is",
            post("/add")
                .key("inert")
                .json(
                    entry(
                        "'id':'<b>','values':[1,0],'metadata':{'__proto__':'<script>alert(1)</script>','constructor':1}")),
            answered(200, "\"added\":1")),
        row(
            "41 and is told as it is, as JSON that nobody takes for a page",
            post("/search").key("inert").json("{'vector':[1,0]}"),
            answered(200, "\"id\":\"<b>\"", "\"__proto__\":\"<script>alert(1)</script>\"")),
        metadata(
            "42 3,000 names of one hash",
            "{" + fields(MANY_KEYS, "'%s':1") + "}",
            bad(ProblemCode.BAD_METADATA, "metadata has more than 64 fields")
                .at("/vectors/0/metadata/AaAaAaAaAaAaBBAaAaAaAaAa")),
        row(
            "42 3,000 fields that there are not",
            post("/search").key("k").json("{" + fields(MANY_KEYS, "'%s':1") + "}"),
            bad(ProblemCode.UNKNOWN_FIELD, "there is no field 'AaAaAaAaAaAaAaAaAaAaAaAa' here")
                .at("/" + colliding(0))),
        row(
            "42 3,000 conditions of one hash",
            search("'filter':{" + fields(MANY_KEYS, "'%s':1") + "}"),
            bad(ProblemCode.FILTER_TOO_COMPLEX, "the filter has more than 256 conditions")
                .at("/filter/AaAaAaAaAaAaAaAaBBAaAaAa")));
  }

  /** Fields, with a number or a name in each; all names have the same hash. */
  private static String fields(int count, String field) {
    List<String> all = new ArrayList<>();
    for (int at = 0; at < count; at++) {
      all.add(field.contains("%d") ? field.formatted(at) : field.formatted(colliding(at)));
    }
    return String.join(",", all);
  }

  /** Names of twelve pairs, each "Aa" or "BB": those two hash alike, and so do all of these. */
  private static String colliding(int number) {
    StringBuilder name = new StringBuilder();
    for (int bit = 0; bit < 12; bit++) {
      name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return name.toString();
  }

  private static RawRequest search(String fields) {
    return post("/search").key("k").json("{'vector':[1,0]," + fields + "}");
  }

  private static BadInput searching(String name, String fields, Expected expected) {
    return row(name, search(fields), expected);
  }

  private static BadInput query(String name, String document, Expected expected) {
    return row(name, post(DEFAULT + "/search").key("k").json(document), expected);
  }

  private static List<BadInput> searches() {
    return List.of(
        searching(
            "35 k of nothing",
            "'k':0",
            bad(ProblemCode.OUT_OF_RANGE, "k is 0, expected 1..1000").at("/k")),
        searching(
            "35 k below nothing",
            "'k':-1",
            bad(ProblemCode.OUT_OF_RANGE, "k is -1, expected 1..1000").at("/k")),
        searching(
            "35 k of 1,001",
            "'k':1001",
            bad(ProblemCode.OUT_OF_RANGE, "k is 1001, expected 1..1000").at("/k")),
        searching(
            "35 k beyond all numbers",
            "'k':99999999999999",
            bad(ProblemCode.OUT_OF_RANGE, "k is far out of range").at("/k")),
        searching(
            "35 k of one and a half",
            "'k':1.5",
            bad(ProblemCode.BAD_TYPE, "expected a whole number, got a number").at("/k")),
        searching(
            "35 k as a text",
            "'k':'5'",
            bad(ProblemCode.BAD_TYPE, "expected a whole number, got a text").at("/k")),
        searching(
            "35 k of 5e0",
            "'k':5e0",
            bad(ProblemCode.BAD_TYPE, "expected a whole number, got a number").at("/k")),
        searching(
            "36 no probes",
            "'probes':0",
            bad(ProblemCode.OUT_OF_RANGE, "probes is 0, expected at least 1").at("/probes")),
        searching(
            "36 probes beyond all numbers",
            "'probes':2147483648",
            bad(ProblemCode.OUT_OF_RANGE, "probes is far out of range").at("/probes")),
        searching(
            "36 rerank below nothing",
            "'rerank':-5",
            bad(ProblemCode.OUT_OF_RANGE, "rerank is -5, expected at least 1").at("/rerank")),
        query(
            "36 a batch that could find more than an answer may have",
            "{'vectors':[" + "[1,0],".repeat(200) + "[1,0]],'k':1000}",
            bad(
                    ProblemCode.BAD_BATCH,
                    "201 queries of k = 1000 could find more than one answer may have, 100000 neighbors or 4096000 components of vectors")
                .at("/vectors")),
        query(
            "36 1,001 queries",
            "{'vectors':[" + "[1,0],".repeat(1_000) + "[1,0]],'k':1}",
            bad(ProblemCode.BAD_BATCH, "the batch has more than 1000 queries").at("/vectors/1000")),
        query(
            "no query",
            "{}",
            bad(ProblemCode.MISSING_FIELD, "the search has none of 'vector', 'vectors' and 'id'")
                .at("/vector")),
        query(
            "no queries",
            "{'vectors':[]}",
            bad(ProblemCode.BAD_BATCH, "the list of queries is empty, expected 1 to 1000")
                .at("/vectors")),
        query(
            "a vector and an id",
            "{'vector':[1,0],'id':'a'}",
            bad(ProblemCode.OUT_OF_RANGE, "the search has 2 of 'vector', 'vectors' and 'id'")),
        query(
            "an id that there is not",
            "{'id':'nope'}",
            bad(
                    ProblemCode.VECTOR_NOT_FOUND,
                    "collection 'default' has no entry 'nope' to start from, expected the id of one")
                .at("/id")),
        query(
            "an id that can't be one",
            "{'id':''}",
            bad(
                    ProblemCode.VECTOR_NOT_FOUND,
                    "collection 'default' has no entry '' to start from, expected the id of one")
                .at("/id")),
        query(
            "32 a query of three components",
            "{'vector':[1,0,0]}",
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "vector has 3 dimensions, collection 'default' expects 2")
                .at("/vector")),
        query(
            "32 a query of a batch",
            "{'vectors':[[1,0],[1]]}",
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "vector has 1 dimensions, collection 'default' expects 2")
                .at("/vectors/1")),
        query(
            "33 a query of zeros",
            "{'vector':[0,0]}",
            bad(
                    ProblemCode.ZERO_NORM,
                    "the vector's length is 0.00: it has no direction, and the metric is cosine")
                .at("/vector")),
        query(
            "31 a query of NaN",
            "{'vector':[NaN,0]}",
            bad(
                    ProblemCode.NON_FINITE,
                    "component 0 of the vector is NaN, expected a finite number")
                .at("/vector")),
        query(
            "34 a query of nothing",
            "{'vector':[]}",
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "vector has 0 dimensions, collection 'default' expects 2")
                .at("/vector")),
        searching(
            "a score that is NaN",
            "'min_score':NaN",
            bad(ProblemCode.NON_FINITE, "the number is NaN").at("/min_score")),
        searching("a score that nothing has", "'min_score':1e300", answered(200, "\"count\":0")),
        searching(
            "exact as a number",
            "'exact':1",
            bad(ProblemCode.BAD_TYPE, "expected true or false, got a number").at("/exact")),
        searching(
            "an unknown part",
            "'include':['vectors']",
            bad(ProblemCode.OUT_OF_RANGE, "'include' names something that there is not")
                .at("/include/0")),
        searching(
            "29 another engine's name for k",
            "'topk':3",
            bad(ProblemCode.UNKNOWN_FIELD, "there is no field 'topk' here").at("/topk")));
  }

  private static BadInput filter(String name, String filter, Expected expected) {
    return searching(name, "'filter':" + filter, expected);
  }

  private static List<BadInput> filters() {
    return List.of(
        filter(
            "43 15 nots",
            "{'not':".repeat(15) + "{'a':1}" + "}".repeat(15),
            bad(ProblemCode.FILTER_TOO_COMPLEX, "the filter nests 11 deep, the limit is 10")
                .at("/filter/not/not/not/not/not/not")),
        filter(
            "43 60 ands",
            "{'and':[".repeat(60),
            bad(ProblemCode.JSON_TOO_DEEP, "the document nests more than 32 levels")),
        filter(
            "43 300 conditions",
            "{'or':[" + "{'a':1},".repeat(299) + "{'a':1}]}",
            bad(ProblemCode.FILTER_TOO_COMPLEX, "the filter has more than 256 conditions")
                .at("/filter/or/256/a")),
        filter(
            "43 5,000 values",
            "{'a':{'in':[" + "1,".repeat(4_999) + "1]}}",
            bad(ProblemCode.FILTER_TOO_COMPLEX, "the filter has more than 4096 values")
                .at("/filter/a/in/4096")),
        filter(
            "43 a regular expression",
            "{'a':{'regex':'(a+)+$'}}",
            bad(ProblemCode.UNKNOWN_FIELD, "there is no operator 'regex', as field 'a' has")
                .at("/filter/a/regex")),
        filter(
            "a filter of nothing",
            "{}",
            bad(ProblemCode.BAD_FILTER, "the filter is empty, expected at least one condition")
                .at("/filter")),
        filter(
            "a field of no condition",
            "{'a':{}}",
            bad(ProblemCode.BAD_FILTER, "field 'a' has no operator").at("/filter/a")),
        filter(
            "a filter that is a list",
            "[]",
            bad(ProblemCode.BAD_TYPE, "expected a filter, which is an object, got an array")
                .at("/filter")),
        filter(
            "a comparison with a truth",
            "{'a':{'gte':true}}",
            bad(
                    ProblemCode.BAD_FILTER,
                    "'a' >= true compares with what has no order, expected a number or a text")
                .at("/filter/a/gte")),
        filter(
            "a prefix that is a number",
            "{'a':{'prefix':1}}",
            bad(ProblemCode.BAD_TYPE, "expected a text, got a number").at("/filter/a/prefix")),
        filter(
            "an 'and' that is an object",
            "{'and':{'a':1}}",
            bad(ProblemCode.BAD_TYPE, "expected an array of filters, got an object")
                .at("/filter/and")),
        filter(
            "an 'or' of nothing",
            "{'or':[]}",
            bad(ProblemCode.BAD_FILTER, "'or' has no filters, expected at least one")
                .at("/filter/or")),
        filter("an 'in' of nothing finds nothing", "{'a':{'in':[]}}", answered(200, "\"count\":0")),
        filter(
            "an operator twice",
            "{'a':{'gt':1,'gt':2}}",
            bad(ProblemCode.DUPLICATE_KEY, "field 'gt' is there twice").at("/filter/a/gt")),
        filter(
            "a comparison with NaN",
            "{'a':{'gt':NaN}}",
            bad(ProblemCode.NON_FINITE, "the number is NaN").at("/filter/a/gt")),
        row(
            "a filter in a URL that is no JSON",
            get(VECTORS + "?filter=%7B").key("k"),
            bad(
                ProblemCode.BAD_JSON,
                "not valid JSON at byte 1: Unexpected end-of-input: expected close marker for Object")),
        row(
            "a filter in a URL of nothing",
            get(VECTORS + "?filter=%7B%7D").key("k"),
            bad(ProblemCode.BAD_FILTER, "the filter is empty, expected at least one condition")
                .at("")));
  }

  private static BadInput collection(String name, String path, Expected expected) {
    return row(name, put("/v1/collections/" + path).key("k").json("{'dimension':2}"), expected);
  }

  private static BadInput options(String name, String options, Expected expected) {
    return row(name, put("/v1/collections/docs").key("k").json(options), expected);
  }

  private static List<BadInput> collections() {
    return List.of(
        collection(
            "44 a name in capitals",
            "Docs",
            bad(ProblemCode.BAD_NAME, "'Docs' is not a collection name")),
        collection(
            "44 a name of 300 characters",
            "d".repeat(300),
            bad(
                ProblemCode.BAD_NAME,
                "'ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd...' is not a collection name")),
        collection(
            "44 a name with a dot",
            "..docs",
            bad(ProblemCode.BAD_NAME, "'..docs' is not a collection name")),
        collection(
            "44 a name with a space",
            "my%20docs",
            bad(ProblemCode.BAD_NAME, "'my docs' is not a collection name")),
        collection(
            "44 a name that begins with a dash",
            "-docs",
            bad(ProblemCode.BAD_NAME, "'-docs' is not a collection name")),
        collection(
            "44 a name beyond ASCII",
            "d%C3%B6cs",
            bad(ProblemCode.BAD_NAME, "'döcs' is not a collection name")),
        row(
            "44 a device's name is a name like any other",
            put("/v1/collections/con").key("devices").json("{'dimension':2}"),
            answered(201, "\"name\":\"con\"")),
        options(
            "34 a dimension of nothing",
            "{'dimension':0}",
            bad(ProblemCode.BAD_DIMENSION, "dimension is 0, expected 1..4096").at("/dimension")),
        options(
            "34 a dimension below nothing",
            "{'dimension':-1}",
            bad(ProblemCode.BAD_DIMENSION, "dimension is -1, expected 1..4096").at("/dimension")),
        options(
            "34 a dimension of 20,000",
            "{'dimension':20000}",
            bad(ProblemCode.BAD_DIMENSION, "dimension is 20000, expected 1..4096")
                .at("/dimension")),
        options(
            "34 no dimension",
            "{}",
            bad(ProblemCode.MISSING_FIELD, "the collection has no 'dimension'").at("/dimension")),
        options(
            "an unknown metric",
            "{'dimension':2,'metric':'L2'}",
            bad(ProblemCode.OUT_OF_RANGE, "there is no such metric").at("/metric")),
        options(
            "an unknown compression",
            "{'dimension':2,'compression':'zip'}",
            bad(ProblemCode.OUT_OF_RANGE, "there is no such compression").at("/compression")),
        row(
            "a collection with other options",
            put(DEFAULT).key("k").json("{'dimension':3}"),
            bad(
                ProblemCode.COLLECTION_EXISTS,
                "collection 'default' has dimension 2, metric cosine, compression compact, not dimension 3, metric cosine, compression compact")),
        row(
            "a collection that there is not",
            get("/v1/collections/nope").key("k"),
            bad(ProblemCode.COLLECTION_NOT_FOUND, "there is no collection 'nope'")),
        row(
            "a collection of no body",
            put("/v1/collections/docs").key("k"),
            bad(ProblemCode.BAD_JSON, "the request has no body")),
        row(
            "dropping what there is not",
            delete("/v1/collections/nope").key("k"),
            bad(ProblemCode.COLLECTION_NOT_FOUND, "there is no collection 'nope'")));
  }

  private static BadInput lines(String name, String lines, Expected expected) {
    return row(name, post(VECTORS).key("k").lines(lines), expected);
  }

  private static List<BadInput> lines() {
    String good = "{'id':'n1','values':[1,0]}\n";
    return List.of(
        lines(
            "no lines",
            "\n\n  \n",
            bad(ProblemCode.BAD_BATCH, "the request has no vectors, expected at least one")
                .at("/vectors")),
        lines(
            "26 a broken line",
            good + "{'id':",
            bad(
                    ProblemCode.BAD_JSON,
                    "line 2: not valid JSON at byte 6: Unexpected end-of-input within/between Object entries")
                .at("/1")),
        lines(
            "26 two entries in a line",
            good + "{'id':'n2','values':[1,0]} {}",
            bad(ProblemCode.BAD_JSON, "line 2: something follows the JSON document, at byte 27")
                .at("/1")),
        lines(
            "26 a list of entries",
            "[" + good.strip() + "]",
            bad(ProblemCode.BAD_TYPE, "line 1: expected an object, got an array").at("/0")),
        lines(
            "29 an unknown field in a line",
            good + "{'id':'n2','value':[1,0]}",
            bad(ProblemCode.UNKNOWN_FIELD, "line 2: there is no field 'value' here")
                .at("/1/value")),
        lines(
            "32 another dimension in a line",
            good + "{'id':'n2','values':[1]}",
            bad(
                    ProblemCode.DIMENSION_MISMATCH,
                    "line 2: vector has 1 dimensions, collection 'default' expects 2")
                .at("/1/values")),
        lines(
            "40 an id twice in lines",
            good + good,
            bad(ProblemCode.DUPLICATE_ID, "the id at line 2 is also that at line 1").at("/1/id")),
        lines(
            "a line of more than a megabyte",
            good + "{'id':'" + "x".repeat(1_100_000),
            bad(
                ProblemCode.BAD_JSON,
                "line 2 has more than 1048576 bytes: expected one entry a line")),
        row(
            "38 nothing of the lines was applied",
            get(VECTORS + "/n1").key("k"),
            bad(ProblemCode.VECTOR_NOT_FOUND, "there is no vector of id 'n1'")),
        row(
            "an unknown way with faults",
            post(VECTORS + "?on_error=ignore").key("k").lines(good),
            bad(
                ProblemCode.BAD_PARAMETER,
                "the query parameter 'on_error' names something that there is not")));
  }

  private static List<BadInput> otherCalls() {
    String estimate = "/v1/estimate?count=5&dimension=";
    return List.of(
        row(
            "deleting nothing named",
            post(DEFAULT + "/delete").key("k").json("{}"),
            bad(ProblemCode.MISSING_FIELD, "the request has neither 'ids' nor 'filter'")
                .at("/ids")),
        row(
            "deleting by two ways",
            post(DEFAULT + "/delete").key("k").json("{'ids':['a'],'filter':{'a':1}}"),
            bad(ProblemCode.OUT_OF_RANGE, "the request has both 'ids' and 'filter'")),
        row(
            "deleting by a filter of nothing",
            post(DEFAULT + "/delete").key("k").json("{'filter':{}}"),
            bad(ProblemCode.BAD_FILTER, "the filter is empty, expected at least one condition")
                .at("/filter")),
        row(
            "deleting an id of nothing",
            post(DEFAULT + "/delete").key("k").json("{'ids':['']}"),
            answered(200, "{\"deleted\":0}")),
        row(
            "deleting, half tried",
            post(DEFAULT + "/delete").key("k").json("{'ids':['a'],'dry_run':'yes'}"),
            bad(ProblemCode.BAD_TYPE, "expected true or false, got a text").at("/dry_run")),
        row(
            "deleting one that there is not",
            delete(VECTORS + "/nope").key("k"),
            bad(ProblemCode.VECTOR_NOT_FOUND, "there is no vector of id 'nope'")),
        row(
            "a page of nothing",
            get(VECTORS + "?limit=0").key("k"),
            bad(ProblemCode.BAD_PARAMETER, "the query parameter 'limit' is not in its range")),
        row(
            "a page beyond all numbers",
            get(VECTORS + "?limit=99999999999").key("k"),
            bad(ProblemCode.BAD_PARAMETER, "the query parameter 'limit' is not in its range")),
        row(
            "a cursor that is an id",
            get(VECTORS + "?cursor=v001").key("k"),
            bad(
                ProblemCode.BAD_PARAMETER,
                "the query parameter 'cursor' is not one that this server gave")),
        row(
            "a cursor of broken UTF-8",
            get(VECTORS + "?cursor=1.gICA").key("k"),
            bad(
                ProblemCode.BAD_PARAMETER,
                "the query parameter 'cursor' is not one that this server gave")),
        row(
            "a cursor that is no base64",
            get(VECTORS + "?cursor=1.%25").key("k"),
            bad(
                ProblemCode.BAD_PARAMETER,
                "the query parameter 'cursor' is not one that this server gave")),
        row(
            "an unknown part of a page",
            get(VECTORS + "?include=vector").key("k"),
            bad(
                ProblemCode.BAD_PARAMETER,
                "the query parameter 'include' names something that there is not")),
        row(
            "an estimate of nothing",
            get("/v1/estimate").key("k"),
            bad(ProblemCode.BAD_PARAMETER, "the query parameter 'count' is missing")),
        row(
            "an estimate of too much",
            get(estimate + "99999").key("k"),
            bad(ProblemCode.BAD_PARAMETER, "the query parameter 'dimension' is not in its range")),
        row(
            "an estimate of an unknown kind",
            get(estimate + "5&compression=tiny").key("k"),
            bad(
                ProblemCode.BAD_PARAMETER,
                "the query parameter 'compression' names something that there is not")),
        row(
            "recall of nothing",
            post(DEFAULT + "/recall").key("k").json("{'sample':0}"),
            bad(ProblemCode.OUT_OF_RANGE, "sample is 0, expected 1..10000").at("/sample")),
        row(
            "recall of too much",
            post(DEFAULT + "/recall").key("k").json("{'k':1001}"),
            bad(ProblemCode.OUT_OF_RANGE, "k is 1001, expected 1..1000").at("/k")),
        row(
            "a finalize that may take no time",
            post("/finalize").key("k").json("{'timeout_s':0}"),
            bad(
                    ProblemCode.OUT_OF_RANGE,
                    "timeout_s is 0.0, expected more than 0 and at most 86400")
                .at("/timeout_s")),
        row(
            "a finalize that may take for ever",
            post("/finalize").key("k").json("{'timeout_s':1e300}"),
            bad(
                    ProblemCode.OUT_OF_RANGE,
                    "timeout_s is 1.0E300, expected more than 0 and at most 86400")
                .at("/timeout_s")),
        row(
            "29 a finalize of another name",
            post("/finalize").key("k").json("{'timeout':1}"),
            bad(ProblemCode.UNKNOWN_FIELD, "there is no field 'timeout' here").at("/timeout")),
        row(
            "a finalize of nothing",
            post("/finalize").key("nobody"),
            bad(ProblemCode.NOTHING_TO_FINALIZE, "collection 'default' has no vectors")),
        row(
            "a build that there is not",
            get("/finalize/status?build_id=nope").key("k"),
            bad(ProblemCode.BUILD_NOT_FOUND, "there is no build of that id")),
        row(
            "a build without its id",
            get("/finalize/status").key("k"),
            bad(ProblemCode.BAD_PARAMETER, "the query parameter 'build_id' is missing")),
        row(
            "an operation that there is not",
            get("/v1/operations/nope").key("k"),
            bad(ProblemCode.OPERATION_NOT_FOUND, "there is no operation of that id")),
        row(
            "events of an operation that there is not",
            get("/v1/operations/nope/events").key("k"),
            bad(ProblemCode.OPERATION_NOT_FOUND, "there is no operation of that id")),
        row(
            "cancelling what there is not",
            delete("/v1/operations/nope").key("k"),
            bad(ProblemCode.OPERATION_NOT_FOUND, "there is no operation of that id")));
  }

  private static BadInput asRoot(String name, RawRequest request, Expected expected) {
    byte[] bytes = request.key(Sites.ROOT).bytes();
    return new BadInput(name, sites -> sites.send(Site.KEYS, bytes), expected);
  }

  private static List<BadInput> administration() {
    String tenants = "/v1/admin/tenants";
    String keys = "/v1/admin/keys";
    return List.of(
        asRoot(
            "a tenant without a name",
            post(tenants).json("{}"),
            bad(ProblemCode.MISSING_FIELD, "the body has no 'tenant'").at("/tenant")),
        asRoot(
            "a tenant of an impossible name",
            post(tenants).json("{'tenant':'../acme'}"),
            bad(ProblemCode.BAD_NAME, "that is not a tenant's name").at("/tenant")),
        asRoot(
            "a tenant of an unknown plan",
            post(tenants).json("{'tenant':'new','plan':'gold'}"),
            bad(ProblemCode.OUT_OF_RANGE, "there is no such plan").at("/plan")),
        asRoot(
            "a tenant without any room",
            post(tenants).json("{'tenant':'new','limits':{'vectors':0}}"),
            bad(ProblemCode.OUT_OF_RANGE, "the limit is not in its range").at("/limits/vectors")),
        asRoot(
            "a tenant of half a vector",
            post(tenants).json("{'tenant':'new','limits':{'vectors':0.5}}"),
            bad(
                    ProblemCode.BAD_TYPE,
                    "expected a whole number, or null for what the plan gives, got a number")
                .at("/limits/vectors")),
        asRoot(
            "a tenant on no server",
            post(tenants).json("{'tenant':'new','pod_url':'file:///etc/passwd'}"),
            bad(ProblemCode.OUT_OF_RANGE, "pod_url is not the address of a server").at("/pod_url")),
        asRoot(
            "a tenant that there is not",
            get(tenants + "/nobody"),
            bad(ProblemCode.TENANT_NOT_FOUND, "there is no tenant 'nobody'")),
        asRoot(
            "a tenant that can't be",
            get(tenants + "/No%20Body"),
            bad(ProblemCode.BAD_NAME, "that is not a tenant's name")),
        asRoot(
            "a key for nobody",
            post(keys).json("{}"),
            bad(ProblemCode.MISSING_FIELD, "the body has no 'tenant'").at("/tenant")),
        asRoot(
            "a key good for nothing",
            post(keys).json("{'tenant':'acme','scopes':[]}"),
            bad(ProblemCode.OUT_OF_RANGE, "the key would be good for nothing").at("/scopes")),
        asRoot(
            "a key for an unknown scope",
            post(keys).json("{'tenant':'acme','scopes':['root']}"),
            bad(ProblemCode.OUT_OF_RANGE, "there is no such scope").at("/scopes/0")),
        asRoot(
            "a key that ended",
            post(keys).json("{'tenant':'acme','expires_at':'2020-01-01T00:00:00Z'}"),
            bad(ProblemCode.OUT_OF_RANGE, "expires_at is not a time to come").at("/expires_at")),
        asRoot(
            "a key that ends at no time",
            post(keys).json("{'tenant':'acme','expires_at':'soon'}"),
            bad(ProblemCode.OUT_OF_RANGE, "expires_at is not a time to come").at("/expires_at")),
        asRoot(
            "a key that is not the server's to revoke",
            delete(keys + "/nope"),
            bad(ProblemCode.KEY_NOT_FOUND, "there is no key of that id")),
        asRoot(
            "a document where a zip is meant",
            post("/v1/admin/snapshots/acme/restore").json("{}"),
            bad(
                ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                "the content type is not application/zip in UTF-8")),
        asRoot(
            "a restore without a disk",
            post("/v1/admin/snapshots/fresh/restore").body("application/zip", zip("../../evil")),
            bad(ProblemCode.PERSISTENCE_DISABLED, "the server keeps everything in memory")));
  }

  private static byte[] zip(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
