import type { Observation, Observer } from '../../../assembly/observer.ts';
import type { Event } from '../../../record/events.ts';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import type { Emit } from './journal.ts';

/** Makes an observer that records in the process's journal what the judge and a timeline must know. */
export const recordingObserver =
  (emit: Emit): Observer =>
  (observation) => {
    for (const event of eventsOf(observation)) emit(event);
  };

type Saw<S extends Observation['saw']> = Extract<Observation, { saw: S }>;

function eventsOf(observation: Observation): readonly Event[] {
  switch (observation.saw) {
    case 'store-unavailable':
      return [{ event: 'store-unavailable', why: observation.error.message }];
    case 'lease-unavailable':
      return [{ event: 'lease-unavailable', why: observation.error.message }];
    case 'acquired':
      return acquired(observation);
    case 'renewed': {
      const { key, grant, kept } = observation;
      return [{ event: kept ? 'renewed' : 'lease-lost', key, fence: grant.fence }];
    }
    case 'released': {
      const { key, grant, failed } = observation;
      return [{ event: 'released', key, fence: grant.fence, failed }];
    }
    case 'wait-began':
      return [{ event: 'waiting', key: observation.key, atOnce: observation.atOnce }];
    case 'wait-ended':
      return waited(observation);
    case 'commit-began': {
      const { key, op, version, fence, grant } = observation;
      const replaces = grant && { replaces: grant.replaces };
      return [{ event: 'committing', key, op, version, fence, ...replaces }];
    }
    case 'committed': {
      const { key, op, version, fence, outcome, atStoreMs } = observation;
      return [{ event: 'commit', key, op, version, fence, outcome, storeAt: atStoreMs }];
    }
    case 'commit-unanswered': {
      const { key, op, version, fence, error } = observation;
      return [{ event: 'commit', key, op, version, fence, outcome: failureOf(error), why: error.message }];
    }
    case 'invalidated': {
      const { key, fence, atStoreMs } = observation;
      return [{ event: 'invalidated', key, fence, storeAt: atStoreMs }];
    }
    case 'recompute-began': {
      const { key, op, replaces } = observation;
      return [{ event: 'recompute', key, op, ...(replaces !== undefined && { replaces }) }];
    }
    case 'recompute-ended':
      return [recomputeEnded(observation)];
    default:
      return [];
  }
}

/** A store that answers that it cannot serve a write has not executed it. */
const failureOf = (error: Error): 'fail' | 'unknown' =>
  error instanceof StoreUnavailable && error.reason === 'cannot-serve' ? 'fail' : 'unknown';

/** A fresh value ends the attempt; no timeline needs it. */
function acquired({ key, acquired }: Saw<'acquired'>): readonly Event[] {
  switch (acquired.kind) {
    case 'granted': {
      const { fence, token, atStoreMs } = acquired.grant;
      return [{ event: 'granted', key, fence, token, storeAt: atStoreMs }];
    }
    case 'held':
      return [{ event: 'held', key, fence: acquired.fence, retryAfterMs: acquired.retryAfterMs }];
    case 'backing-off': {
      const { retryAfterMs, failures } = acquired;
      return [{ event: 'backing-off', key, retryAfterMs, failures }];
    }
    case 'fresh':
      return [];
  }
}

function waited({ key, waitedMs, outcome, fence }: Saw<'wait-ended'>): readonly Event[] {
  const end: Event = { event: 'waited', key, waitedMs, outcome };
  return fence === undefined ? [end] : [{ event: 'woken', key, fence }, end];
}

function recomputeEnded({ key, op, ...end }: Saw<'recompute-ended'>): Event {
  const ended = { event: 'recompute-ended', key, op } as const;
  if (end.outcome === 'ok') return { ...ended, outcome: end.outcome, version: end.version };
  return { ...ended, outcome: end.outcome, why: end.error.message };
}
