package io.memryx.server;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * Holds every build where it says that it begins, until closed: how long a build takes is up to the
 * machine, so no amount of work makes sure that one is under way.
 */
public final class HeldBuilds extends UnsynchronizedAppenderBase<ILoggingEvent>
    implements AutoCloseable {
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger("io.memryx.server.service.Builds");

  private final CountDownLatch released = new CountDownLatch(1);

  /** Holds what begins from now on. */
  public HeldBuilds() {
    start();
    LOG.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (!Thread.currentThread().getName().startsWith("memryx-build")) {
      return;
    }
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets builds go on. */
  public void release() {
    released.countDown();
  }

  @Override
  public void close() {
    release();
    LOG.detachAppender(this);
  }
}
