package io.memryx.server.http;

/** What an endpoint answers: at once, bit by bit, or as things happen. */
sealed interface Reply permits Answer, LongAnswer, EventStream {}
