import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import type { Definition } from '../../../strategies/contract/index.ts';
import { servesStale, strategiesThat } from '../../support/claims.ts';
import { beginning } from '../../support/interleaving/beginnings.ts';
import { disturbancesOf } from '../../support/interleaving/disturbances.ts';
import { type Connections, play, REPLICAS } from '../../support/interleaving/world.ts';
import { startRedis } from '../../support/redis-server.ts';
import type { RedisServer } from '../../support/test-redis.ts';
import { until } from '../../support/within.ts';

/** Enough to find a careless change. INTERLEAVINGS=5000 hunts; a failure prints the seed and the path to repeat it. */
const RUNS = Number(process.env.INTERLEAVINGS ?? 100);

let server: RedisServer;
let connections: Connections;

before(async () => {
  server = await startRedis();
  const connect = (name: string) => connectRedis({ url: server.url }, { name, commandTimeoutMs: 5000 });
  connections = { redis: connect('commands'), subscriber: connect('wake-ups') };
  for (const redis of Object.values(connections))
    await until('a connection', () => redis.client.ping().catch(() => false));
});
after(async () => {
  for (const redis of Object.values(connections)) redis.close();
  await server.stop();
});

const scheduler = fc.scheduler();
const clients = fc.array(fc.array(fc.nat(REPLICAS - 1), { minLength: 1, maxLength: 5, size: 'max' }), {
  minLength: 3,
  maxLength: 6,
  size: 'max',
});

/** What History checks at every step holds, whatever the order and whatever comes in between. */
function holds(definition: Definition): Promise<void> {
  const runs = fc.record({
    scheduler,
    seed: fc.nat(),
    beginning,
    clients,
    disturbances: disturbancesOf(REPLICAS),
  });
  const property = fc.asyncProperty(runs, async (run) => void (await play(definition, connections, run)));
  return fc.assert(property, { numRuns: RUNS });
}

/** In peace the key is filled for no more than so many recomputes, and nobody needs a time-out to be served. */
function fillsFor(definition: Definition, recomputes: number): Promise<void> {
  const runs = fc.record({ scheduler, seed: fc.nat(), beginning: fc.constant('empty' as const), clients });
  const property = fc.asyncProperty(runs, async (run) => {
    const history = await play(definition, connections, { ...run, disturbances: [], calm: true });
    assert.ok(
      history.recomputes >= 1 && history.recomputes <= recomputes,
      `${history.recomputes} recomputes`,
    );
  });
  return fc.assert(property, { numRuns: RUNS });
}

/** In peace one recompute replaces a value that is due, and nobody waits for it whom the claim does not name. */
function refreshesOnce(definition: Definition): Promise<void> {
  const runs = fc.record({ scheduler, seed: fc.nat(), beginning: fc.constant('due' as const), clients });
  const property = fc.asyncProperty(runs, async (run) => {
    const history = await play(definition, connections, { ...run, disturbances: [], calm: true });
    // The first made the value that is due.
    assert.ok(history.recomputes <= 2, `${history.recomputes - 1} recomputes`);
    const waited = history.served.filter((served) => served !== 'hit' && served !== 'stale');
    assert.deepEqual(waited, waited.length > 0 && definition.claim.waits === 'winner' ? ['recomputed'] : []);
  });
  return fc.assert(property, { numRuns: RUNS });
}

for (const definition of strategiesThat(servesStale))
  test(`${definition.name}: in any order of events one recompute replaces a value that is due, and the others do not wait`, () =>
    refreshesOnce(definition));

/** Those that promise an order: of their writes, or of what is read. Under a lease one recompute fills a key. */
for (const definition of strategiesThat(({ claim }) => claim.fenced || claim.monotonic)) {
  const recomputes = definition.claim.fenced ? 1 : REPLICAS;
  test(`${definition.name}: in any order of events ${recomputes} recomputes at most fill a key, and nobody waits in vain`, () =>
    fillsFor(definition, recomputes));

  test(`${definition.name}: in any order of events, whatever comes in between, no value goes back`, () =>
    holds(definition));
}
