/** One class per kind of failure. The codes are stable; docs/errors.md lists them. */

export interface Details extends ErrorOptions {
  /** The key that it is about. */
  readonly key?: string;
}

export abstract class DogpileError extends Error {
  abstract readonly code: `ERR_DOGPILE_${string}`;
  /** The key that it is about, where it is about one. */
  key: string | undefined;

  constructor(message: string, { key, ...options }: Details = {}) {
    super(message, options);
    this.key = key;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/**
 * Why a store does not do what it was asked: `disconnected` from it, no answer in time (`late`), or it says that it
 * `cannot-serve` now.
 */
export type Unavailable = 'disconnected' | 'late' | 'cannot-serve';

/** The store did not answer in time, cannot serve now, or there is no connection to it. */
export class StoreUnavailable extends DogpileError {
  readonly code = 'ERR_DOGPILE_STORE_UNAVAILABLE';
  readonly reason: Unavailable;

  constructor(
    message: string,
    { reason = 'disconnected', ...details }: Details & { readonly reason?: Unavailable } = {},
  ) {
    super(message, details);
    this.reason = reason;
  }
}

/** The store calls a command mistaken: a defect of this code, or of the server's configuration. */
export class StoreRefused extends DogpileError {
  readonly code = 'ERR_DOGPILE_STORE_REFUSED';
}

/** The origin answered with an error: its status, and what it said. The cause of an {@link OriginFailed}. */
export class OriginRefused extends DogpileError {
  readonly code = 'ERR_DOGPILE_ORIGIN_STATUS';
}

/** The origin did not answer in time. The cause of an {@link OriginFailed}. */
export class OriginLate extends DogpileError {
  readonly code = 'ERR_DOGPILE_ORIGIN_LATE';
}

/** The origin answered with an error, too late, or not at all. `cause` is the origin's own error, where it is known here. */
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
