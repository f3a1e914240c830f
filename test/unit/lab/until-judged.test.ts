import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expiriesSoFar } from '../../../faults/support/striking/expiries-so-far.ts';
import { untilJudged } from '../../../lab/run/until-judged.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import { wallTimeMs } from '../../../services/shared/wall-time.ts';
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

test("a run of a user's own service sees as many expiries after a fault and its aftermath as the judge wants", async () => {
  const { facts } = await recordedRun('lock-run');
  const settings = {
    ...facts.settings,
    ...{ app: 'node service.js', fault: 'kill-holder', claim: null },
    ...{ expiries: 5, ttlMs: 200, recomputeMs: 20 },
  };
  const ledger: LedgerLine[] = [];
  const startedAt = wallTimeMs();
  const refresh = () => {
    for (;;) {
      const id = ledger.length;
      const at = startedAt + (id / 2) * (settings.ttlMs + settings.recomputeMs);
      if (at + settings.recomputeMs > wallTimeMs()) return;
      const begun = { id, key: settings.key, version: id + 1, by: 'app-1', arrivedAt: at, at };
      ledger.push({ event: 'begin', ...begun });
      ledger.push({ event: 'end', id, at: at + settings.recomputeMs, ending: 'ok' });
    }
  };
  await untilJudged({
    settings,
    journals: { ledger, events: [], faults: [], refresh } as never,
    herd: { scheduled: 1 } as never,
    signal: AbortSignal.timeout(20_000),
    onProgress: undefined,
    openingMs: 0,
    faulting: Promise.resolve(),
    isBroken: async () => false,
  });
  // The fault is not promised to be survived, so it may still be felt for two seconds.
  const held = expiriesSoFar(ledger, settings).filter(({ beganWallMs }) => beganWallMs >= startedAt + 2000);
  assert.ok(held.length >= 3, `${held.length}`);
});
