/** One class per kind of failure. The codes are stable; docs/errors.md lists them. */

export abstract class DogpileError extends Error {
  abstract readonly code: `ERR_DOGPILE_${string}`;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The store did not answer in time, or there is no connection to it. */
export class StoreUnavailable extends DogpileError {
  readonly code = 'ERR_DOGPILE_STORE_UNAVAILABLE';
}

/** The origin answered with an error, too late, or not at all. */
export class OriginFailed extends DogpileError {
  readonly code = 'ERR_DOGPILE_ORIGIN_FAILED';
}

/** The caller's value was overtaken, or its wait ran out, more often than it may try. */
export class Contended extends DogpileError {
  readonly code = 'ERR_DOGPILE_CONTENDED';
}

/** Without the store this process already recomputes as much as it may. */
export class Overloaded extends DogpileError {
  readonly code = 'ERR_DOGPILE_OVERLOADED';
}

/** The lease was lost while recomputing; the recompute is aborted with this. */
export class LeaseLost extends DogpileError {
  readonly code = 'ERR_DOGPILE_LEASE_LOST';
}
