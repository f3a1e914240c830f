import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
  TTL_MS,
} from '../../../support/own-service-run.ts';

const expects = (run: OwnRun, verdict: Verdict, detail: RegExp) => {
  const found = foundInOwn(run);
  assert.equal(found?.verdict, verdict, found?.detail);
  assert.match(found?.detail ?? '', detail);
};

const call = (version: number, at: number, more: Partial<Call> = {}): Call => ({
  ...{ ...healthyCall(version), at, endedAt: at + RECOMPUTE_MS },
  ...more,
});
/** When the fourth expiry begins. */
const AT = 3 * PERIOD_MS;
const steps = (injected: number, healed: number): OwnRun['steps'] => [
  { phase: 'planned', at: injected - 5 },
  { phase: 'injected', at: injected },
  { phase: 'healed', at: healed },
];

describe('a user’s own service whose Redis is gone', () => {
  const GONE_AT = AT + 10;
  const BACK_AT = GONE_AT + 3000;
  /** Each replica recomputes for itself, one after another; then one fills the store, and two expiries follow. */
  const alone = [1, 2, 3, 4].flatMap((replica) =>
    [0, 1, 2, 3].map((turn) =>
      call(10 + replica + 4 * turn, GONE_AT + 20 * replica + turn * 700, {
        by: `app-${replica}`,
        replaces: 3,
      }),
    ),
  );
  const fill = call(40, BACK_AT + 300, { replaces: 0 });
  const after = [1, 2, 3].map((count) =>
    call(40 + count, fill.at + count * PERIOD_MS, { replaces: 39 + count }),
  );
  const CALLS = [...healthyCalls(3), ...alone, fill, ...after];
  const gone = (calls: readonly Call[], more: Partial<OwnRun> = {}): OwnRun => ({
    ...{ fault: 'redis-down', claim: 'recomputes<=1 survives=redis-down', victim: 'redis' },
    ...{ calls, answers: answersTo(calls, fill.at + 4 * PERIOD_MS), steps: steps(GONE_AT, BACK_AT) },
    ...more,
  });

  it('passes if it answers on, and no replica recomputes more at once than promised', () =>
    expects(gone(CALLS), 'pass', /at most 1 at once per replica; 0 requests failed/));

  it('fails if a replica storms the origin, unless nothing is promised about that', () => {
    const storm = [0, 1, 2].map((more) => call(60 + more, GONE_AT + 100, { by: 'app-1', replaces: 3 }));
    expects(gone([...CALLS, ...storm]), 'fail', /at most 4 at once/);
    expects(gone([...CALLS, ...storm], { claim: 'survives=redis-down' }), 'pass', /at most 4 at once/);
  });

  it('fails if requests fail, which is only measured if survival is not promised', () => {
    const { answers } = gone(CALLS);
    const failing = answers.map(
      (answer): Asked =>
        answer.at > GONE_AT && answer.at < BACK_AT
          ? { at: answer.at, endedAt: answer.at + 1, ending: 'error', status: 500, to: 'app-1' }
          : answer,
    );
    expects(gone(CALLS, { answers: failing }), 'fail', /149 requests failed|150 requests failed/);
    expects(gone(CALLS, { answers: failing, claim: null }), 'pass', /not promised, and was not seen/);
  });

  it('shows nothing if nobody had to do without Redis, or nothing expired afterwards', () => {
    const idle = [...healthyCalls(3), { ...healthyCall(4), by: 'app-1' }];
    expects(gone(idle, { answers: answersTo(healthyCalls(4), GONE_AT) }), 'unknown', /missed: nobody/);
    const early = CALLS.filter(({ version }) => version <= 40);
    expects(gone(early), 'unknown', /nothing expired when it had recovered/);
  });
});

describe('a user’s own service whose origin is gone', () => {
  const GONE_AT = 2 * PERIOD_MS + RECOMPUTE_MS + 100;
  const BACK_AT = GONE_AT + 6000;
  const back = [0, 1, 2].map((count) =>
    call(4 + count, BACK_AT + 200 + count * PERIOD_MS, { replaces: 3 + count }),
  );
  const CALLS = [...healthyCalls(3), ...back];
  /** The value is served on while nothing newer is there. */
  const stale = answersTo(CALLS, BACK_AT + 3 * PERIOD_MS).map((answer) =>
    answer.version === 4 && answer.at < BACK_AT + 800
      ? { ...answer, version: 3, endedAt: answer.at + 1 }
      : answer,
  );
  const gone = (answers: readonly Asked[], more: Partial<OwnRun> = {}): OwnRun => ({
    ...{ fault: 'origin-down', claim: 'recomputes<=1 survives=origin-down', victim: 'origin' },
    ...{ calls: CALLS, answers, steps: steps(GONE_AT, BACK_AT), graceMs: 2000 },
    ...more,
  });
  /** When the last value is gone for good. */
  const GRACE_ENDS_AT = 2 * PERIOD_MS + RECOMPUTE_MS + TTL_MS + 2000;
  const failingFrom = (fromAt: number, status = 503) =>
    stale.map(
      (answer): Asked =>
        answer.at > fromAt && answer.at < BACK_AT
          ? { at: answer.at, endedAt: answer.at + 1, ending: 'error', status, to: 'app-1' }
          : answer,
    );

  it('passes if it serves the last value, and errors after the grace', () => {
    expects(gone(stale), 'pass', /stale answers and 0 errors/);
    expects(gone(failingFrom(GRACE_ENDS_AT)), 'pass', /, 0 of the errors within/);
  });

  it('fails if it answers with errors while it has a value within the grace', () =>
    expects(gone(failingFrom(GRACE_ENDS_AT - 500)), 'fail', /2\d of the errors within/));

  it('fails if the value is not made again, or by too many', () => {
    expects(gone(stale, { calls: CALLS.slice(0, 3) }), 'fail', /never back/);
    const many = [1, 2].map((count) => call(50 + count, BACK_AT + 210, { replaces: 3, by: `app-${count}` }));
    expects(gone(stale, { calls: [...CALLS, ...many] }), 'fail', /back after 800 ms/);
  });

  it('shows nothing if nobody needed the origin', () => {
    const none = stale.filter(({ at }) => at < GONE_AT || at > BACK_AT + 900);
    expects(gone(none), 'unknown', /nobody needed/);
  });
});

describe('a user’s own service whose origin fails', () => {
  const failed = call(4, AT, { ending: 'error', endedAt: AT + 100 });
  const failing = (...calls: readonly Call[]): OwnRun => ({
    ...{ fault: 'origin-errors', claim: 'survives=origin-errors', victim: 'origin' },
    ...{ calls: [...healthyCalls(3), failed, ...calls], answers: answersTo(healthyCalls(3), AT) },
    steps: steps(AT - 10, AT + 8000),
  });

  it('fails if it asks again within the back-off', () => {
    expects(failing(call(5, AT + 5000)), 'pass', /0 times the origin was asked again/);
    expects(failing(call(5, AT + 110)), 'fail', /1 times the origin was asked again/);
  });

  it('shows nothing if no call failed', () =>
    expects({ ...failing(), calls: healthyCalls(5) }, 'unknown', /no recompute failed/));
});

describe('a user’s own service whose recomputes are slow', () => {
  const slow = call(4, AT, { endedAt: AT + 5000 });
  const run = (calls: readonly Call[]): OwnRun => ({
    ...{ fault: 'slow-origin', claim: 'recomputes<=1 survives=slow-origin', victim: 'origin' },
    ...{ calls, answers: answersTo(calls, AT + 8000), steps: steps(100, AT + 6000) },
  });

  it('fails if another recomputes meanwhile', () => {
    expects(run([...healthyCalls(3), slow]), 'pass', /at most 1 an expiry/);
    expects(run([...healthyCalls(3), slow, call(5, AT + 1000, { replaces: 3 })]), 'fail', /at most 2/);
  });
});
