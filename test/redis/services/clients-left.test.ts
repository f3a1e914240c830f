import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { appServer } from '../../../services/app/server.ts';
import { appMetrics } from '../../../services/member/observe/metrics.ts';
import { strategies } from '../../../strategies/index.ts';
import { startFleet } from '../../support/fleet.ts';
import { warningsIn } from '../../support/real-origin.ts';
import { SOON_MS, until, within } from '../../support/within.ts';

/** A replica over HTTP whose recomputes end when the test says so. */
async function stage(t: TestContext, definition: (typeof strategies)[number]) {
  const fleet = await startFleet(definition, { replicas: 1 });
  t.after(fleet.close);
  const [strategy] = fleet.replicas;
  assert.ok(strategy);
  const metrics = appMetrics({ strategy: definition.name, replica: 'app-1' });
  const lines: string[] = [];
  const server = appServer<string>({
    name: 'app-1',
    strategy,
    cache: fleet.cache,
    metrics,
    journal: { emit() {}, state: { lines: 0 } },
    freshness: { ...fleet.settings, proxyGraceMs: 0, headers: 'right' },
    ready: () => true,
    logger: { stream: { write: (line) => lines.push(line) } },
  });
  let requests = 0;
  server.addHook('onRequest', async () => {
    requests += 1;
  });
  t.after(() => server.close());
  const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/keys/k`;
  const left = async () => (await metrics.clientsLeft.get()).values[0]?.value;
  return {
    ...{ fleet, left, arrived: () => requests, warnings: () => warningsIn(lines) },
    errors: async () =>
      (await metrics.requests.get()).values.find(({ labels }) => labels.outcome === 'error')?.value,
    /** A client that comes, and hangs up when it is told to. */
    client() {
      const sent = get(url, { agent: false });
      const answer = once(sent, 'response').then(([response]) => {
        response.resume();
        return response.statusCode as number;
      });
      return { answer, hangUp: () => sent.destroy() };
    },
  };
}

for (const definition of strategies)
  describe(`a client of ${definition.name} that hangs up`, () => {
    it('in mid-recompute is no error, and the next one is served', async (t) => {
      const { fleet, client, left, errors, warnings } = await stage(t, definition);
      fleet.origin.hold();
      const winner = client();
      await until('the recompute', () => fleet.origin.calls.length === 1);
      winner.hangUp();
      await assert.rejects(winner.answer);
      await until('the replica to notice', async () => (await left()) === 1);
      fleet.origin.letGo();
      assert.equal(await within(SOON_MS, 'the next client', client().answer), 200);
      assert.equal(await errors(), 0);
      assert.deepEqual(warnings(), []);
    });

    it('while it waits for another is no error, and the other is served', async (t) => {
      const { fleet, client, arrived, left, errors, warnings } = await stage(t, definition);
      fleet.origin.hold();
      const winner = client();
      await until('the recompute', () => fleet.origin.calls.length === 1);
      const waiters = [client(), client()];
      await until('all requests', () => arrived() === 1 + waiters.length);
      for (const waiter of waiters) waiter.hangUp();
      await Promise.all(waiters.map(({ answer }) => assert.rejects(answer)));
      await until('the replica to notice', async () => (await left()) === waiters.length);
      fleet.origin.letGo();
      assert.equal(await within(SOON_MS, 'the winner', winner.answer), 200);
      assert.equal(await errors(), 0);
      assert.deepEqual(warnings(), []);
    });
  });
