/** What durability costs: upserts under each promise, replays, openings, writing of a build. */
@NullMarked
package io.memryx.bench.durability;

import org.jspecify.annotations.NullMarked;
