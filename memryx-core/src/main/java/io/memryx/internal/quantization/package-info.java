/**
 * Codes: how a vector becomes bytes, where those bytes lie, and how a query is scored against them.
 */
@NullMarked
package io.memryx.internal.quantization;

import org.jspecify.annotations.NullMarked;
