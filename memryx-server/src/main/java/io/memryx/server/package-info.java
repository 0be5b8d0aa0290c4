/** The program: command line, options from the environment, start and stop. */
@NullMarked
package io.memryx.server;

import org.jspecify.annotations.NullMarked;
