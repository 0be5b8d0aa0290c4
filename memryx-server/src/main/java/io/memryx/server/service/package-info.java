/** What the endpoints do, without HTTP types. */
@NullMarked
package io.memryx.server.service;

import org.jspecify.annotations.NullMarked;
