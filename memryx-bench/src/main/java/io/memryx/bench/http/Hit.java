package io.memryx.bench.http;

/**
 * One result of a search over HTTP.
 *
 * @param id as answered
 * @param score as answered
 */
record Hit(String id, double score) {}
