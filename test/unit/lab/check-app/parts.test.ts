import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Asked } from '../../../../lab/check-app/ask.ts';
import { servesFromCache, sharesValue } from '../../../../lab/check-app/parts/caching.ts';
import { endsWhenTold } from '../../../../lab/check-app/parts/ending.ts';
import type { Stage } from '../../../../lab/check-app/stage.ts';

/** A stage whose service was not started: it answers and recomputes as the test says. */
const stageWith = (parts: Partial<Record<keyof Stage, unknown>>): Stage =>
  ({
    ...{ settings: { ttlMs: 1 }, signal: new AbortController().signal, limits: { drainMs: 5000 } },
    tellOrigin: async () => {},
    instance: async () => ({ stop: async () => true }),
    recomputesOf: () => [],
    ...parts,
  }) as unknown as Stage;

const answering = (status: number) => async (): Promise<Asked> => ({ request: 'GET', status });

describe('a service that is told to end', () => {
  it('may back off after an error of the origin, and recompute nothing', async () => {
    const backsOff = stageWith({ ask: answering(502) });
    const outcome = await endsWhenTold.check(backsOff);
    assert.equal(outcome.verdict, 'optional');
    assert.match(outcome.detail, /no recompute/);
  });

  it('has to end all the same', async () => {
    const stays = stageWith({ ask: answering(502), instance: async () => ({ stop: async () => false }) });
    assert.equal((await endsWhenTold.check(stays)).verdict, 'not met');
  });

  it('does not crash the lab if that is interrupted meanwhile', async () => {
    const interruption = new AbortController();
    const reason = new Error('interrupted');
    const stage = stageWith({
      signal: interruption.signal,
      ask: () => Promise.reject(reason),
      recomputesOf() {
        interruption.abort(reason);
        return [];
      },
    });
    await assert.rejects(endsWhenTold.check(stage), reason);
    // What nobody had caught would show now.
    await setImmediate();
  });
});

describe('a machine that is too slow for the TTL', () => {
  const slow = stageWith({
    async ask() {
      await sleep(5);
      return { request: 'GET', status: 200 };
    },
    recomputesOf: (() => {
      let calls = 0;
      return () => Array.from({ length: calls++ });
    })(),
  });

  it('shows nothing of what a service keeps or shares', async () => {
    for (const part of [servesFromCache, sharesValue]) {
      const outcome = await part.check(slow);
      assert.equal(outcome.verdict, 'optional', outcome.detail);
      assert.match('advice' in outcome ? outcome.advice : '', /TTL=5s/);
    }
  });
});
