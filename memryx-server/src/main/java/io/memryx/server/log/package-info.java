/** What log lines are about: whose request, which tenant. */
@NullMarked
package io.memryx.server.log;

import org.jspecify.annotations.NullMarked;
