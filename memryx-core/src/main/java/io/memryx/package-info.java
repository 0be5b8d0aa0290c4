/** The API: named collections of entries (id, vector, metadata), searched by nearness. */
@NullMarked
package io.memryx;

import org.jspecify.annotations.NullMarked;
