import type { FastifyError } from 'fastify';
import {
  Contended,
  DogpileError,
  InvalidKey,
  OriginFailed,
  Overloaded,
  StoreUnavailable,
} from '../../strategies/contract/errors.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly code: string; readonly message: string; readonly key?: string };
}

/** What a client reads of a failure within: nothing of the servers behind, which the log has. */
const KNOWN: readonly (readonly [kind: typeof DogpileError, status: number, message: string])[] = [
  [OriginFailed, 502, 'the origin failed, and there is no value to serve instead; try again later'],
  [Overloaded, 503, 'this replica already recomputes as many keys as it may; try again'],
  [StoreUnavailable, 503, 'the store did not answer; try again'],
  [Contended, 504, 'no value reached this request in time; try again'],
];
const UNKNOWN = {
  status: 500,
  code: 'ERR_DOGPILE_INTERNAL',
  message: 'this replica failed; its log says why',
};

/** Gives the answer to a request that failed. Only what is wrong with the request itself is told in the error's own words. */
export function errorAnswer(error: FastifyError | DogpileError): ErrorAnswer {
  if (error instanceof InvalidKey) return { status: 400, body: { code: error.code, message: error.message } };
  if (error instanceof DogpileError) {
    const [, status, message] = KNOWN.find(([kind]) => error instanceof kind) ?? [
      undefined,
      UNKNOWN.status,
      UNKNOWN.message,
    ];
    return {
      status,
      body: { code: error.code, message, ...(error.key !== undefined && { key: error.key }) },
    };
  }
  const { statusCode = 500, code, message } = error;
  if (statusCode < 500) return { status: statusCode, body: { code, message } };
  return { status: UNKNOWN.status, body: { code: UNKNOWN.code, message: UNKNOWN.message } };
}
