import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TargetCluster } from '../../../../cluster/own/target-cluster.ts';
import { tellOrigin } from '../../../../cluster/tell-origin.ts';
import { settingsFrom } from '../../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../../lab/parameters/values.ts';
import { startOrigin } from '../../../support/real-origin.ts';

/** Starts a run's cluster of one service that runs already. */
async function clusterOf(t: TestContext, origin: string): Promise<TargetCluster> {
  const server = createServer((_, response) => response.end('{"version":1}')).listen(0, '127.0.0.1');
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-target-'));
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = settingsFrom(valuesFrom('herd', [`TARGET=${url}`, 'RECOMPUTE=0ms'], {}));
  const open = { owner: { pid: process.pid }, token: '', origin, redis: 'redis://127.0.0.1:1', names: ['a'] };
  return TargetCluster.start({ settings, folder, onPhase: () => {} }, open);
}

test('an origin that outlives the run is healed at its end, whatever the run had done to it', async (t) => {
  const origin = await startOrigin(t, { members: ['a'] });
  const cluster = await clusterOf(t, origin.url);
  await tellOrigin(cluster.origin, { errorRate: 1, slowShare: 1, slowMs: 60_000 });
  await cluster.down();
  await cluster.down();
  const answer = await fetch(`${origin.url}/recompute/hot?by=a`, { signal: AbortSignal.timeout(10_000) });
  assert.equal(answer.status, 200);
});

test('an origin that is gone does not keep the run from its end', async (t) => {
  const origin = await startOrigin(t, { members: ['a'] });
  const cluster = await clusterOf(t, origin.url);
  await origin.server.close();
  await cluster.down();
});
