package io.memryx.persistence.model;

import io.memryx.VectorCollection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A home whose collection has a fault, for tests of the tests. */
final class FaultyHome implements Home {
  private final Home home;
  private final Fault fault;

  FaultyHome(Home home, Fault fault) {
    this.home = home;
    this.fault = fault;
  }

  /** What goes wrong. */
  interface Fault {
    /** The answer of the faulty collection to a call. */
    Object answer(VectorCollection sound, Method method, Object[] arguments)
        throws IllegalAccessException, InvocationTargetException;
  }

  @Override
  public VectorCollection collection() {
    VectorCollection sound = home.collection();
    return (VectorCollection)
        Proxy.newProxyInstance(
            VectorCollection.class.getClassLoader(),
            new Class<?>[] {VectorCollection.class},
            (_, method, arguments) -> answer(sound, method, arguments));
  }

  private Object answer(VectorCollection sound, Method method, Object[] arguments)
      throws Throwable {
    try {
      return fault.answer(sound, method, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  @Override
  public void restart(Operation.Ending ending) {
    home.restart(ending);
  }

  @Override
  public void dropAndCreate() {
    home.dropAndCreate();
  }

  @Override
  public void close() {
    home.close();
  }
}
