/**
 * Routes, decoding, encoding, problem details: the only package that knows Undertow and Jackson.
 */
@NullMarked
package io.memryx.server.http;

import org.jspecify.annotations.NullMarked;
