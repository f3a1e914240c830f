import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { identityOf } from '../../../cluster/process-identity.ts';
import { nameOf } from '../../../cluster/targets/owned-name.ts';
import { publishTargets, sweepTargets, withdrawTargets } from '../../../cluster/targets/targets.ts';

const at = (name: string, port: number) => ({ name, url: `http://127.0.0.1:${port}` });
const CLUSTER = { replicas: [at('app-1', 1), at('app-2', 2)], refreshers: [], origin: at('origin', 3) };

function targetsFolder(t: { after(clean: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The only file of the folder, as Prometheus reads it. */
function onlyFile(folder: string): unknown {
  const [name = '', ...more] = readdirSync(folder);
  assert.match(name, /\.json$/);
  assert.deepEqual(more, []);
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

test('a run is published with its jobs and its name, again when a replica is added, and then withdrawn', (t) => {
  const folder = targetsFolder(t);
  publishTargets('20260101-lock', CLUSTER, folder);
  const origin = { targets: ['127.0.0.1:3'], labels: { job: 'origin', run: '20260101-lock' } };
  assert.deepEqual(onlyFile(folder), [
    { targets: ['127.0.0.1:1', '127.0.0.1:2'], labels: { job: 'app', run: '20260101-lock' } },
    origin,
  ]);
  const grown = {
    ...CLUSTER,
    replicas: [at('app-1', 1), at('app-3', 4)],
    refreshers: [at('refresher-1', 5)],
  };
  publishTargets('20260101-lock', grown, folder);
  assert.deepEqual(onlyFile(folder), [
    { targets: ['127.0.0.1:1', '127.0.0.1:4'], labels: { job: 'app', run: '20260101-lock' } },
    { targets: ['127.0.0.1:5'], labels: { job: 'refresher', run: '20260101-lock' } },
    origin,
  ]);
  withdrawTargets('20260101-lock', folder);
  withdrawTargets('20260101-lock', folder);
  assert.deepEqual(readdirSync(folder), []);
});

test('the runs of dead labs are swept; those of living labs and the standing cluster stay', async (t) => {
  const folder = targetsFolder(t);
  const dead = spawn('sleep', ['60']);
  await once(dead, 'spawn');
  const identity = identityOf(dead.pid ?? 0) ?? assert.fail('it runs');
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  for (const name of ['lost.json', 'half.json.draft'])
    writeFileSync(join(folder, name.replace('.', `@${nameOf(identity)}.`)), '[]');
  publishTargets('mine', CLUSTER, folder);
  publishTargets('up', CLUSTER, folder);
  writeFileSync(join(folder, 'notes.txt'), '');
  sweepTargets(folder);
  assert.deepEqual(
    readdirSync(folder).map((name) => name.replace(/@.*(?=\.json$)/, '')),
    ['mine.json', 'notes.txt', 'up.json'],
  );
});
