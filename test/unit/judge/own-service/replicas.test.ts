import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLUSHED } from '../../../../faults/flush/flushes.ts';
import { REPLACED } from '../../../../faults/rolling-restart/outside.ts';
import type { Verdict } from '../../../../record/result.ts';
import {
  type Asked,
  answersTo,
  type Call,
  foundInOwn,
  healthyCall,
  healthyCalls,
  type OwnRun,
  PERIOD_MS,
  RECOMPUTE_MS,
} from '../../../support/own-service-run.ts';

const expects = (run: OwnRun, verdict: Verdict, detail: RegExp) => {
  const found = foundInOwn(run);
  assert.equal(found?.verdict, verdict, found?.detail);
  assert.match(found?.detail ?? '', detail);
};
/** When the fourth expiry begins. */
const AT = 3 * PERIOD_MS;
const failed = (at: number): Asked => ({ at, endedAt: at + 1, ending: 'error', status: 500, to: 'app-1' });

describe('a user’s own service whose Redis is emptied', () => {
  /** With a fresh value in it, and in the middle of the recompute after that. */
  const [FIRST_AT, SECOND_AT] = [AT - 1000, AT + PERIOD_MS - 1000 + 100];
  const call = (version: number, replaces: number, at: number, by = 'app-1'): Call => ({
    ...{ version, by, replaces, at, endedAt: at + RECOMPUTE_MS, ending: 'ok' },
  });
  const CALLS = [
    ...healthyCalls(3),
    call(4, 3, FIRST_AT + 10),
    call(5, 4, SECOND_AT - 90),
    call(6, 4, SECOND_AT + 10, 'app-2'),
  ];
  const emptied = (
    calls: readonly Call[],
    { keys = 3, left = 0, more = [] as readonly Asked[] } = {},
  ): OwnRun => ({
    ...{ fault: 'flush', claim: 'recomputes<=1 survives=flush', victim: 'redis', calls },
    answers: [...answersTo(calls, SECOND_AT + 3000), ...more],
    steps: [
      { phase: 'planned', at: FIRST_AT - 5 },
      { phase: 'noted', at: FIRST_AT, what: FLUSHED, details: { storeAt: 0, keys, left } },
      { phase: 'injected', at: FIRST_AT },
      { phase: 'noted', at: SECOND_AT, what: FLUSHED, details: { storeAt: 0, keys: 0, left: 0 } },
      { phase: 'healed', at: SECOND_AT + 700 },
    ],
  });

  it('passes if one recompute fills it each time', () =>
    expects(emptied(CALLS), 'pass', /afterwards: 1 and 1 recompute; 1 under way/));

  it('fails if more do than an expiry may have, or a request fails', () => {
    expects(emptied([...CALLS, call(7, 3, FIRST_AT + 20, 'app-3')]), 'fail', /2 and 1 recompute/);
    expects(emptied(CALLS, { more: [failed(FIRST_AT + 20)] }), 'fail', /1 requests failed/);
  });

  it('shows nothing if there was nothing to lose, something was left, or no recompute was under way', () => {
    expects(emptied(CALLS, { keys: 0 }), 'unknown', /not emptied twice/);
    expects(emptied(CALLS, { left: 1 }), 'unknown', /not emptied twice/);
    const idle = CALLS.map((one) => (one.version === 5 ? { ...one, endedAt: SECOND_AT - 1 } : one));
    expects(emptied(idle), 'unknown', /no recompute was under way/);
  });
});

describe('a user’s own service whose replicas are replaced', () => {
  const NAMES = ['app-1', 'app-2', 'app-3', 'app-4'];
  const CALLS = healthyCalls(8);
  const ANSWERS = answersTo(CALLS, 8 * PERIOD_MS);
  /** One in the middle of each expiry, the one that recomputes first. */
  const replaced = (calls: readonly Call[], answers: readonly Asked[] = ANSWERS, names = NAMES): OwnRun => ({
    ...{ fault: 'rolling-restart', claim: 'recomputes<=1 survives=rolling-restart', calls, answers },
    victim: 'every replica',
    steps: [
      { phase: 'planned', at: AT - 20 },
      { phase: 'injected', at: AT - 10 },
      ...names.map((_, index) => {
        const { by: name, at } = healthyCall(4 + index);
        const [stoppingAt, readyAt] = [at + 100, at + 1500].map((ms) => ms + 1_795_315_735_000);
        return {
          phase: 'noted' as const,
          at: at + 1500,
          what: REPLACED,
          details: { name, stoppingAt, readyAt } as Record<string, string | number>,
        };
      }),
      { phase: 'healed', at: AT + 4 * PERIOD_MS },
    ],
  });

  it('passes if each ends what it recomputes and the next one answers', () =>
    expects(
      replaced(CALLS),
      'pass',
      /4 of 4 replaced, 4 of them answer again; 4 stopped in mid-recompute, 4 of these/,
    ));

  it('fails if a recompute is cut off, a request fails, or one is not back', () => {
    const cut = CALLS.map((one): Call => (one.version === 5 ? { ...one, ending: 'aborted' } : one));
    expects(replaced(cut), 'fail', /3 of these ended it/);
    expects(replaced(CALLS, [...ANSWERS, failed(AT + 200)]), 'fail', /1 requests failed/);
    const gone = ANSWERS.filter(({ by, at }) => by !== healthyCall(4).by || at < AT);
    expects(replaced(CALLS, gone), 'fail', /3 of them answer again/);
    expects(replaced(CALLS, ANSWERS, NAMES.slice(1)), 'fail', /3 of 4 replaced/);
  });

  it('shows nothing if none was stopped in the middle of a recompute', () =>
    expects(replaced(CALLS.map((one) => ({ ...one, endedAt: one.at + 50 }))), 'unknown', /in the middle/));
});

describe('a user’s own service that grows', () => {
  const CALLS = healthyCalls(9);
  const until = AT + 4 * PERIOD_MS;
  /** Every second answer of one replica comes from a new one meanwhile. */
  const ANSWERS = answersTo(CALLS, 9 * PERIOD_MS).map((answer, index) =>
    answer.at > AT && answer.at < until && index % 2 === 0
      ? { ...answer, by: index % 4 === 0 ? 'app-5' : 'app-6' }
      : answer,
  );
  const grown = (calls: readonly Call[], answers: readonly Asked[] = ANSWERS): OwnRun => ({
    ...{ fault: 'scale-out', claim: 'recomputes<=1 survives=scale-out', victim: 'the fleet', calls, answers },
    steps: [
      { phase: 'planned', at: AT - 20 },
      { phase: 'injected', at: AT - 10 },
      { phase: 'healed', at: until },
    ],
  });

  it('passes if the new replicas answer and nothing else changes', () =>
    expects(grown(CALLS), 'pass', /app-5 and app-6|app-6 and app-5/));

  it('fails if they recompute for themselves, or a request fails', () => {
    const more = { ...healthyCall(5), version: 50, by: 'app-5' };
    expects(grown([...CALLS, more]), 'fail', /at most 2 recomputes/);
    expects(grown(CALLS, [...ANSWERS, failed(AT + 200)]), 'fail', /1 requests failed/);
  });

  it('shows nothing if they answered nothing', () =>
    expects(grown(CALLS, answersTo(CALLS, 9 * PERIOD_MS)), 'unknown', /0 replicas came/));
});
