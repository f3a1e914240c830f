import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Verdict } from '../../../../record/result.ts';
import {
  type Asked,
  answersTo,
  type Call,
  foundInOwn,
  healthyCalls,
  type OwnRun,
  RECOMPUTE_MS,
  TTL_MS,
} from '../../../support/own-service-run.ts';

/** The recompute that is hit. */
const HIT: Call = healthyCalls(4)[3] as Call;
const INJECTED_AT = HIT.at + 10;
const VICTIM = HIT.by;
const OTHER = VICTIM === 'app-2' ? 'app-3' : 'app-2';
const WOKEN_AT = HIT.at + 2500;

const expects = (run: OwnRun, verdict: Verdict, detail: RegExp) => {
  const found = foundInOwn(run);
  assert.equal(found?.verdict, verdict, found?.detail);
  assert.match(found?.detail ?? '', detail);
};

/** Another takes over so long after the blow, and two more expiries follow. */
function takenOver(victims: Partial<Call>, afterMs = 1000): Call[] {
  const call = (version: number, replaces: number, at: number): Call => ({
    ...{ version, replaces, at, by: OTHER, endedAt: at + RECOMPUTE_MS, ending: 'ok' },
  });
  const next = call(5, 3, HIT.at + afterMs);
  const periods = [1, 2].map((count) => next.at + count * (TTL_MS + RECOMPUTE_MS));
  return [
    ...healthyCalls(3),
    { ...HIT, ...victims },
    next,
    ...periods.map((at, index) => call(6 + index, 5 + index, at)),
  ];
}

const UNTIL_MS = HIT.at + 9000;

describe('a killed replica of a user’s own service', () => {
  /** Nothing of the victim's is answered until it is back. */
  const broken = (answers: readonly Asked[]): Asked[] =>
    answers.map((answer) =>
      answer.by === VICTIM && answer.endedAt >= INJECTED_AT && answer.at < WOKEN_AT
        ? { at: answer.at, endedAt: Math.max(answer.at, INJECTED_AT), ending: 'error', to: VICTIM }
        : answer,
    );
  const killed = (calls: readonly Call[], more: Partial<OwnRun> = {}): OwnRun => ({
    ...{ fault: 'kill-holder', claim: 'recomputes<=1 survives=kill-holder', victim: VICTIM },
    ...{ calls, answers: broken(answersTo(calls, UNTIL_MS)) },
    steps: [
      { phase: 'planned', at: INJECTED_AT - 5 },
      { phase: 'injected', at: INJECTED_AT },
      { phase: 'healed', at: WOKEN_AT },
    ],
    ...more,
  });
  const CUT_OFF = { ending: 'aborted', endedAt: INJECTED_AT + 1 } as const;

  it('passes if another has the value made', () =>
    expects(killed(takenOver(CUT_OFF)), 'pass', /had the value made 1590 ms after/));

  it('passes if its recompute was cut short before the blow was recorded, and not if it had ended before that was planned', () => {
    const cutOffAt = (endedAt: number) => killed(takenOver({ ending: 'aborted', endedAt }));
    expects(cutOffAt(INJECTED_AT - 1), 'pass', /had the value made/);
    expects(cutOffAt(INJECTED_AT - 6), 'unknown', /the victim had its value before it was hit/);
  });

  it('fails if nobody does', () => {
    const alone = takenOver(CUT_OFF).filter(({ version }) => version < 5);
    const answers = broken(answersTo(takenOver(CUT_OFF), UNTIL_MS));
    expects(killed(alone, { answers }), 'fail', /nobody else/);
  });

  it('fails if another does so too late', () =>
    expects(
      killed(takenOver(CUT_OFF, 15_000), { answers: broken(answersTo(takenOver(CUT_OFF), UNTIL_MS)) }),
      'fail',
      /bound/,
    ));

  it('fails if two others do', () => {
    const calls = takenOver(CUT_OFF);
    const twice = { ...(calls[4] as Call), version: 50, by: 'app-4' };
    expects(killed([...calls, twice]), 'fail', /had the value made/);
  });

  it('fails if a request fails at another replica', () => {
    const run = killed(takenOver(CUT_OFF));
    const failed: Asked = {
      at: INJECTED_AT + 50,
      endedAt: INJECTED_AT + 51,
      ending: 'error',
      status: 500,
      to: OTHER,
    };
    expects({ ...run, answers: [...run.answers, failed] }, 'fail', /1 requests failed/);
  });

  it('shows nothing if the victim had its value, or nobody asks', () => {
    expects(killed(takenOver({ endedAt: INJECTED_AT - 1 })), 'unknown', /had its value before/);
    const alone = takenOver(CUT_OFF).filter(({ version }) => version < 5);
    const answers = answersTo(healthyCalls(3), HIT.at);
    expects(killed(alone, { answers }), 'unknown', /nobody else asked/);
  });

  it('is only measured if survival is not promised', () => {
    const alone = takenOver(CUT_OFF).filter(({ version }) => version < 5);
    const answers = broken(answersTo(takenOver(CUT_OFF), UNTIL_MS));
    const claim = 'recomputes<=1';
    expects(killed(alone, { answers, claim }), 'pass', /not promised, and was not seen: nobody else/);
    expects(killed(takenOver(CUT_OFF), { claim }), 'pass', /not promised, and was seen/);
  });
});

describe('a replica that was frozen while it recomputed', () => {
  /** What is sent to it meanwhile is answered when it wakes, with the newest value. */
  const late = (answers: readonly Asked[], version = 5): Asked[] =>
    answers.map((answer) =>
      answer.by === VICTIM && answer.endedAt >= INJECTED_AT && answer.at < WOKEN_AT
        ? { ...answer, endedAt: WOKEN_AT + 5, version }
        : answer,
    );
  const frozen = (calls: readonly Call[], answers: readonly Asked[], wokenAt = WOKEN_AT): OwnRun => ({
    ...{ fault: 'pause-holder', claim: 'recomputes<=1 survives=pause-holder', victim: VICTIM },
    ...{ calls, answers },
    steps: [
      { phase: 'planned', at: INJECTED_AT - 5 },
      { phase: 'injected', at: INJECTED_AT },
      { phase: 'healed', at: wokenAt },
    ],
  });
  const CALLS = takenOver({});
  const ANSWERS = late(answersTo(CALLS, UNTIL_MS).map(newest));
  /** The victim's value was made, and never stored. */
  function newest(answer: Asked): Asked {
    return answer.version === 4 ? { ...answer, version: 5, endedAt: HIT.at + 1601 } : answer;
  }

  it('passes if nobody reads its value once a newer one has been read', () =>
    expects(frozen(CALLS, ANSWERS), 'pass', /nobody read its own one/));

  it('passes if those get its value who had asked for it before', () => {
    const waited = ANSWERS.map((answer) =>
      answer.by === VICTIM && answer.endedAt === WOKEN_AT + 5 && answer.at < HIT.at + 1500
        ? { ...answer, version: 4 }
        : answer,
    );
    expects(frozen(CALLS, waited), 'pass', /nobody read its own one/);
  });

  it('fails if its late value overwrites the newer one', () => {
    const overwritten = ANSWERS.map((answer) =>
      answer.version === 5 && answer.at > WOKEN_AT ? { ...answer, version: 4 } : answer,
    );
    expects(frozen(CALLS, overwritten), 'fail', /version 4 was read from .* after version 5/);
  });

  /** Another had begun just before the victim, and ended after the blow: its version is the older one. */
  const withOlder = (calls: readonly Call[], answers: readonly Asked[]): OwnRun => {
    const later = ({ version }: { readonly version?: number }) =>
      (version ?? 0) + Number((version ?? 0) >= 4);
    const older: Call = { ...HIT, version: 4, by: 'app-4', at: HIT.at - 5, endedAt: HIT.at + 100 };
    return {
      ...frozen(
        [...calls.map((call) => ({ ...call, version: later(call) })), older],
        answers.map((answer) => ({ ...answer, version: later(answer) })),
      ),
      claim: 'survives=pause-holder',
    };
  };

  it('fails by the newer value that its own one overwrites, whatever older one was made meanwhile', () => {
    const overwritten = ANSWERS.map((answer) =>
      answer.version === 5 && answer.at > WOKEN_AT ? { ...answer, version: 4 } : answer,
    );
    expects(withOlder(CALLS, overwritten), 'fail', /version 5 was read from .* after version 6/);
    const onlyOlder = CALLS.filter(({ version }) => version < 5);
    expects(withOlder(onlyOlder, ANSWERS), 'unknown', /nobody else had a newer value made/);
  });

  it('fails if it gives its late value to those who asked while it was frozen', () =>
    expects(frozen(CALLS, late(ANSWERS, 4)), 'fail', /version 4 was read from .* after version 5/));

  it('shows nothing if the newer value had not been read, or the replica did not wake', () => {
    expects(frozen(CALLS, ANSWERS, HIT.at + 1550), 'unknown', /had not been read before/);
    const dead = ANSWERS.filter(({ by, endedAt }) => by !== VICTIM || endedAt < WOKEN_AT);
    expects(frozen(CALLS, dead), 'unknown', /answered nothing afterwards/);
  });

  it('passes a short freeze whose value is served, and fails one that costs another recompute', () => {
    const brief = (calls: readonly Call[], healedAt = INJECTED_AT + 400): OwnRun => ({
      ...frozen(calls, answersTo(calls, UNTIL_MS), healedAt),
      ...{ fault: 'pause-holder-brief', claim: 'recomputes<=1 survives=pause-holder-brief' },
    });
    expects(brief(healthyCalls(7)), 'pass', /frozen for 400 ms/);
    const twice = { ...HIT, version: 40, by: OTHER, at: HIT.at + 200 };
    expects(brief([...healthyCalls(7), twice]), 'fail', /frozen for 400 ms/);
    expects(brief([...healthyCalls(7), twice], INJECTED_AT + 900), 'unknown', /may cost/);
  });
});
