/** The embedding model, and the command line that has it. */
@NullMarked
package io.memryx.bench.model;

import org.jspecify.annotations.NullMarked;
