/** What is true: brute-force answers in double precision, and how answers are held against them. */
@NullMarked
package io.memryx.bench.truth;

import org.jspecify.annotations.NullMarked;
