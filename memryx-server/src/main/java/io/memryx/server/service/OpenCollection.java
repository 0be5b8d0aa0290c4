package io.memryx.server.service;

import io.memryx.MemoryBudgetException;
import io.memryx.SearchTimeoutException;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.Violation;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.Violations;
import java.util.function.Function;

/**
 * A tenant's collection at hand, where what the engine refuses becomes a problem that the tenant is
 * told.
 *
 * @param space whose collection it is
 * @param collection the collection
 */
record OpenCollection(TenantSpace space, VectorCollection collection) {
  private static final int RETRY_SECONDS = 30;

  /** Calls the engine where the caller gave nothing that it could refuse. */
  <T> T ask(Function<VectorCollection, T> call) {
    return ask(call, _ -> "");
  }

  /**
   * Calls the engine.
   *
   * @param pointers gives the place in the request of what the engine refuses
   */
  <T> T ask(Function<VectorCollection, T> call, Function<Violation, String> pointers) {
    try {
      return call.apply(collection);
    } catch (ValidationException e) {
      throw Violations.toProblem(e, pointers).toException();
    } catch (MemoryBudgetException e) {
      throw noRoom(e);
    } catch (SearchTimeoutException e) {
      throw tookTooLong();
    } catch (IllegalStateException e) {
      if (isGone()) {
        throw TenantCollections.noSuchCollection(collection.name());
      }
      throw e;
    }
  }

  /** Whether it was dropped after it was found. */
  // Another one of the same name and content is not this one.
  @SuppressWarnings("ReferenceEquality")
  private boolean isGone() {
    return space.store().find(collection.name()).filter(now -> now == collection).isEmpty();
  }

  private static RuntimeException tookTooLong() {
    return Problem.of(
            ProblemCode.TIMED_OUT,
            "it took longer than such a call may take",
            "ask for less at one time")
        .retryAfter(RETRY_SECONDS)
        .toException();
  }

  private static RuntimeException noRoom(MemoryBudgetException refused) {
    return Problem.of(
            ProblemCode.MEMORY_GUARD,
            String.valueOf(refused.getMessage()),
            "ask the operator for more memory; nothing of this request was applied")
        .retryAfter(RETRY_SECONDS)
        .toException();
  }
}
