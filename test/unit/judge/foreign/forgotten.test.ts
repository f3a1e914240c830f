import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsNamed } from '../../../../faults/index.ts';
import { fromOutside } from '../../../../faults/support/outside/from-outside.ts';
import { causes } from '../../../../judge/checks/causes.ts';
import { evidenceFrom } from '../../../../judge/evidence.ts';
import { findingsOf } from '../../../../judge/verdict.ts';
import type { FaultEvent } from '../../../../record/fault-events.ts';
import type { LedgerLine } from '../../../../record/ledger.ts';
import { asForeign } from '../../../support/as-foreign.ts';
import { recordedRun } from '../../../support/recorded-run.ts';

const lock = await recordedRun('lock-run');
const [first, second, third, fourth] = evidenceFrom(asForeign(lock)).judged;
assert.ok(first && second && third && fourth);

interface Spoiled {
  readonly fault: string;
  readonly claim: string | null;
  /** The fault lasts from just before this moment until just after the other. */
  readonly fromWallMs?: number;
  readonly untilWallMs?: number;
}

/** Finds what the check says if the third expiry's recompute names the version from before the fault, or from long before it. */
function foundIn({
  fault,
  claim,
  fromWallMs = first?.filledWallMs ?? 0,
  untilWallMs = second?.filledWallMs ?? 0,
}: Spoiled) {
  const run = asForeign(lock, claim);
  const settings = { ...run.facts.settings, fault };
  const step = (phase: FaultEvent['phase'], at: number): FaultEvent => ({
    ...{ at, by: 'lab', event: 'fault', fault, phase, victim: 'app-1' },
  });
  const version = third?.recomputes[0]?.version;
  const findings = findingsOf(
    evidenceFrom({
      ...run,
      facts: { ...run.facts, settings },
      events: [
        step('planned', fromWallMs - 20),
        step('injected', fromWallMs - 10),
        step('healed', untilWallMs + 10),
      ],
      ledger: run.ledger.map(
        (line): LedgerLine =>
          line.event === 'begin' && line.version === version
            ? { ...line, replaces: first?.replaces ?? 0 }
            : line,
      ),
      faults: (faultsNamed(fault) ?? []).map((one) => fromOutside(one, settings)),
    }),
  );
  return findings.find(({ name }) => name === causes.name);
}

const expects = (run: Spoiled, verdict: string) => {
  const found = foundIn(run);
  assert.equal(found?.verdict, verdict, found?.detail);
};

describe('a service that names an older version than the newest one', () => {
  it('may do so if a fault that it does not promise to survive had its late value overwrite the newer one', () =>
    expects({ fault: 'pause-holder', claim: 'recomputes<=1' }, 'pass'));

  it('fails if it promises to survive that fault', () =>
    expects({ fault: 'pause-holder', claim: 'survives=pause-holder' }, 'fail'));

  it('may do so if the newer ones were made while each replica was alone', () =>
    expects({ fault: 'redis-stall', claim: 'survives=redis-stall' }, 'pass'));

  it('fails if the newer ones were made before the fault, or after it', () => {
    const { filledWallMs } = fourth;
    for (const claim of [null, 'survives=redis-stall'])
      expects(
        { fault: 'redis-stall', claim, fromWallMs: filledWallMs + 100, untilWallMs: filledWallMs + 200 },
        'fail',
      );
    const beganWallMs = first.beganWallMs - 10_000;
    expects(
      { fault: 'pause-holder', claim: null, fromWallMs: beganWallMs, untilWallMs: beganWallMs + 100 },
      'fail',
    );
  });
});
