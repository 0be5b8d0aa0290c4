/**
 * The arithmetic on arrays that everything else is made of: SIMD where the JVM has it, scalar
 * always.
 */
@NullMarked
package io.memryx.internal.kernel;

import org.jspecify.annotations.NullMarked;
