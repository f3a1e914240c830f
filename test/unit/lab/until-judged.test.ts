import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilJudged } from '../../../lab/run/until-judged.ts';
import { recordedRun } from '../../support/recorded-run.ts';

/** A frozen member keeps the lab waiting for so long when it is asked for its journal. */
const FROZEN_MS = 600;

test('a member that does not answer delays the end of a run by no more than its own silence', async () => {
  const { facts, events, ledger } = await recordedRun('lock-run');
  const startedAt = performance.now();
  await untilJudged({
    settings: { ...facts.settings, expiries: 2 },
    journals: { ledger, events, faults: [], refresh() {} } as never,
    herd: { scheduled: 1 } as never,
    signal: AbortSignal.timeout(10_000),
    onProgress: undefined,
    openingMs: 0,
    faulting: undefined,
    isBroken: async () => {
      await sleep(FROZEN_MS);
      return false;
    },
  });
  // The least load is one second, and 900 ms are for what follows the last fill.
  assert.ok(performance.now() - startedAt < 4000);
});
