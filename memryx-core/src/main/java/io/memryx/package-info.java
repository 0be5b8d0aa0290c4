/**
 * The API: named collections of entries (id, vector, metadata), searched by nearness.
 *
 * <p>Every type is thread-safe: stores and collections may be used from any number of threads at
 * once, and all else (requests, options, results, reports, entries, filters, exceptions) is
 * immutable. Builders alone are for one thread.
 */
@NullMarked
package io.memryx;

import org.jspecify.annotations.NullMarked;
