package io.memryx.server;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * Holds threads of some name where they log, until closed: how long something takes is up to the
 * machine, so no amount of work makes sure that it is under way.
 */
final class HeldLines extends UnsynchronizedAppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger log;
  private final String threads;
  private final Pattern messages;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private HeldLines(String logger, String threads, Pattern messages) {
    this.log = (Logger) LoggerFactory.getLogger(logger);
    this.threads = threads;
    this.messages = messages;
    start();
    log.addAppender(this);
  }

  /** Every build, where it says that it begins. */
  static HeldLines ofBuilds() {
    return new HeldLines(
        "io.memryx.server.service.BuildRunner",
        "memryx-build",
        Pattern.compile("finalize [^:]+: [0-9]+ vectors"));
  }

  /** Every loading of a store, where it says that it begins. */
  static HeldLines ofLoading() {
    return new HeldLines(
        "io.memryx.server.MemryxServer",
        "memryx-load",
        Pattern.compile("Attempting to load existing snapshot from disk..."));
  }

  @Override
  protected void append(ILoggingEvent event) {
    boolean meant =
        Thread.currentThread().getName().startsWith(threads)
            && messages.matcher(event.getFormattedMessage()).matches();
    if (!meant) {
      return;
    }
    begun.countDown();
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until a thread is held. */
  void awaitHeld() {
    try {
      begun.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets them go on. */
  void release() {
    released.countDown();
  }

  @Override
  public void close() {
    release();
    log.detachAppender(this);
  }
}
