/** Who is calling: keys, tenants, plans and their limits. */
@NullMarked
package io.memryx.server.tenant;

import org.jspecify.annotations.NullMarked;
