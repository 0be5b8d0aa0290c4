package io.memryx.internal.events;

/** Whether this JVM can record events: runtimes made by jlink may lack the module. */
final class FlightRecording {
  static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private FlightRecording() {}
}
