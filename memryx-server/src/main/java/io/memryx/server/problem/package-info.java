/** What can go wrong with a call: stable codes with status, text and remedy. */
@NullMarked
package io.memryx.server.problem;

import org.jspecify.annotations.NullMarked;
