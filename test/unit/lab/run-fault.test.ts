import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { Strike } from '../../../faults/support/strike.ts';
import type { LoadedFault } from '../../../lab/run/load-fault.ts';
import { runFaults } from '../../../lab/run/run-fault.ts';
import type { Settings } from '../../../record/settings.ts';

/** Runs strikes against a cluster that only records what is done to it. Gives what happened, in order. */
async function everythingOf(...strikes: readonly Partial<Strike>[]): Promise<string[]> {
  const log: string[] = [];
  const cluster = { relay: { release: async (member: string) => void log.push(`release ${member}`) } };
  const names = strikes.length === 1 ? [''] : ['first ', 'second '];
  const faults = strikes.map((strike, index): LoadedFault => {
    const say = (what: string) => async () => void log.push(`${names[index]}${what}`);
    const own: Strike = {
      plan: async () => ({ victim: 'app-1', fence: 7, holder: 'app-1' }),
      hit: say('hit'),
      last: say('lasted'),
      heal: say('heal'),
    };
    return { fault: names[index] ?? '', strike: { ...own, ...strike } };
  });
  await runFaults(faults, {
    cluster: cluster as unknown as Cluster,
    settings: {} as Settings,
    journals: { faults: [], refresh() {} } as never,
    route: async () => {},
    hangUp: async () => false,
    marks: { put() {} } as never,
    journal: {
      append: ({ fault, phase }: Record<'fault' | 'phase', string>) => void log.push(`${fault}${phase}`),
    } as never,
    invalidating: {
      hold: async () => void log.push('no more invalidations'),
      goOn: () => void log.push('invalidations go on'),
    },
    signal: new AbortController().signal,
    onPhase: () => {},
  });
  return log.filter((what) => strikes.length === 1 || !what.startsWith('release'));
}

const isAboutInvalidations = (what: string) => what.includes('invalidations');

/** Gives the same, without what is done about invalidations. */
const happens = async (...strikes: readonly Partial<Strike>[]): Promise<string[]> =>
  (await everythingOf(...strikes)).filter((what) => !isAboutInvalidations(what));

const failing = () => Promise.reject(new Error('no'));

describe('a fault that the lab runs', () => {
  it('is injected once the damage is done, not before', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const hit = async () => {
      void setImmediate().then(resolve);
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

  it('begins with the second of two, and heals that last', async () =>
    assert.deepEqual(await happens({}, { last: () => setImmediate() }), [
      ...['second planned', 'second hit', 'second injected'],
      ...['first planned', 'first hit', 'first injected', 'first lasted', 'first heal', 'first healed'],
      ...['second heal', 'second healed'],
    ]));

  it('lets the second of two last until the first is healed', async () => {
    const log = await happens({ last: () => setImmediate() }, {});
    assert.deepEqual(log.slice(-4), ['first heal', 'first healed', 'second heal', 'second healed']);
  });

  it('heals the second of two if the first finds no victim', async () =>
    assert.deepEqual((await happens({ plan: failing }, {})).slice(-2), ['second heal', 'second healed']));

  it('does not begin the first of two if the second finds no victim', async () =>
    assert.deepEqual(await happens({}, { plan: failing }), []));

  it('pauses the invalidations from before the blow until it is healed, unless it bears them', async () => {
    const all = await everythingOf({});
    assert.deepEqual(all.slice(0, 3), ['planned', 'no more invalidations', 'hit']);
    assert.deepEqual(all.slice(-2), ['healed', 'invalidations go on']);
    assert.deepEqual((await everythingOf({ hit: failing })).filter(isAboutInvalidations), [
      'no more invalidations',
      'invalidations go on',
    ]);
    assert.deepEqual((await everythingOf({ bearsInvalidations: true })).filter(isAboutInvalidations), []);
  });
});
