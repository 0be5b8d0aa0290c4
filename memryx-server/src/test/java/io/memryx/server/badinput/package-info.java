/** What the world sends and what it is told: one table of bad inputs, each with its answer. */
@NullMarked
package io.memryx.server.badinput;

import org.jspecify.annotations.NullMarked;
