/** One class per kind of failure. The codes are stable; docs/errors.md lists them. */

export interface ErrorDetails extends ErrorOptions {
  /** The key that the error is about. */
  readonly key?: string;
}

export abstract class DogpileError extends Error {
  abstract readonly code: `ERR_DOGPILE_${string}`;
  /** The key that the error is about, if it is about one. */
  key: string | undefined;

  constructor(message: string, { key, ...options }: ErrorDetails = {}) {
    super(message, options);
    this.key = key;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** The key is none that there may be. The caller's mistake; nothing was looked up. */
export class InvalidKey extends DogpileError {
  readonly code = 'ERR_DOGPILE_KEY';
}

/**
 * Why a store is unavailable: no connection, no answer in time (`late`), it answers that it cannot serve now, or it did what it
 * was asked to do, but its replicas do not have that yet (`not-replicated`).
 */
export type Unavailable = 'disconnected' | 'late' | 'cannot-serve' | 'not-replicated';

/** The store is unavailable: there is no connection, no answer in time, or it cannot serve now. */
export class StoreUnavailable extends DogpileError {
  readonly code: 'ERR_DOGPILE_STORE_UNAVAILABLE' | 'ERR_DOGPILE_LEASE_UNAVAILABLE' =
    'ERR_DOGPILE_STORE_UNAVAILABLE';
  readonly reason: Unavailable;

  constructor(
    message: string,
    { reason = 'disconnected', ...details }: ErrorDetails & { readonly reason?: Unavailable } = {},
  ) {
    super(message, details);
    this.reason = reason;
  }

  /** Whether the store answered, so that values may still be read. */
  get hasAnswered(): boolean {
    return this.reason === 'cannot-serve' || this.reason === 'not-replicated';
  }
}

/**
 * No lease can be had, though values may still be read: the lock servers are gone, or the store refuses writes. A failure of
 * the store for all that needs the lease.
 */
export class LeaseUnavailable extends StoreUnavailable {
  override readonly code = 'ERR_DOGPILE_LEASE_UNAVAILABLE';
}

/** The store refused a command as invalid: a defect of this code or of the server's configuration. */
export class StoreRefused extends DogpileError {
  readonly code = 'ERR_DOGPILE_STORE_REFUSED';
}

/** The origin answered with an error. The message has its status and text. The cause of an {@link OriginFailed}. */
export class OriginRefused extends DogpileError {
  readonly code = 'ERR_DOGPILE_ORIGIN_STATUS';
}

/** The origin did not answer in time. The cause of an {@link OriginFailed}. */
export class OriginLate extends DogpileError {
  readonly code = 'ERR_DOGPILE_ORIGIN_LATE';
}

/** The origin answered with an error, too late, or not at all. `cause` is its own error, if this process saw it. */
export class OriginFailed extends DogpileError {
  readonly code = 'ERR_DOGPILE_ORIGIN_FAILED';
}

/** The caller gave up: its value was overtaken too often, or it waited too long. */
export class Contended extends DogpileError {
  readonly code = 'ERR_DOGPILE_CONTENDED';
}

/** The store or the lease is gone, and this process already recomputes as many keys as it may. */
export class Overloaded extends DogpileError {
  readonly code = 'ERR_DOGPILE_OVERLOADED';
}

/** The lease was lost during the recompute, which this error aborts. */
export class LeaseLost extends DogpileError {
  readonly code = 'ERR_DOGPILE_LEASE_LOST';
}
