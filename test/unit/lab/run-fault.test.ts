import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { Strike } from '../../../faults/support/strike.ts';
import { runFault } from '../../../lab/run/run-fault.ts';
import type { Settings } from '../../../record/settings.ts';

/** Runs a strike against a cluster that only records what is done to it. Gives what happened, in order. */
async function happens(strike: Partial<Strike>): Promise<string[]> {
  const log: string[] = [];
  const cluster = { relay: { release: async (member: string) => void log.push(`release ${member}`) } };
  await runFault({
    fault: 'kill-holder',
    strike: {
      plan: async () => ({ victim: 'app-1', fence: 7, holder: 'app-1' }),
      hit: async () => void log.push('hit'),
      last: async () => void log.push('lasted'),
      heal: async () => void log.push('heal'),
      ...strike,
    },
    cluster: cluster as unknown as Cluster,
    settings: {} as Settings,
    journals: { refresh() {} } as never,
    route: async () => {},
    marks: { put() {} } as never,
    journal: { append: ({ phase }: { phase: string }) => void log.push(phase) } as never,
    signal: new AbortController().signal,
    onPhase: () => {},
  });
  return log;
}
const failing = () => Promise.reject(new Error('no'));

describe('a fault that the lab runs', () => {
  it('is injected once the damage is done, not before', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const hit = async () => {
      setImmediate(resolve);
      await promise;
    };
    const log = await happens({ hit });
    assert.deepEqual(log, ['planned', 'injected', 'lasted', 'release app-1', 'heal', 'healed']);
    const whole = await happens({});
    assert.deepEqual(whole.slice(0, 3), ['planned', 'hit', 'injected']);
  });

  it('counts as injected even if the blow failed half-way, and is healed without a wait for its effect', async () =>
    assert.deepEqual(await happens({ hit: failing, last: failing }), [
      'planned',
      'injected',
      'release app-1',
      'heal',
      'healed',
    ]));

  it('is healed if its effect does not come', async () =>
    assert.deepEqual((await happens({ last: failing })).slice(-3), ['release app-1', 'heal', 'healed']));

  it('changes nothing if there is no victim', async () =>
    assert.deepEqual(await happens({ plan: failing }), []));
});
