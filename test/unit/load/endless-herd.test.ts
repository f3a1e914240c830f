import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EndlessHerd } from '../../../load/endless/endless-herd.ts';
import { replicasBehind } from '../../../load/endless/replicas.ts';
import { startHerd } from '../../../load/herd.ts';
import { EX_USAGE } from '../../../services/shared/config.ts';
import { StageReplica } from '../../support/stage-replica.ts';
import { until, within } from '../../support/within.ts';

const MAIN = fileURLToPath(new URL('../../../load/endless/main.ts', import.meta.url));
const LOAD = { paths: ['/keys/hot'], ratePerSecond: 500, timeoutSeconds: 10, poolSeconds: 0.4 };
/** More than the pool has connections: each has had its turn. */
const ENOUGH = 250;

describe('a herd on replicas that have the same port', () => {
  it('knows them apart', async () => {
    const replica = await StageReplica.start();
    replica.status = 503;
    const hosts = [`127.0.0.1:${replica.port}`, `localhost:${replica.port}`];
    const targets = hosts.map((host) => ({ name: host, url: `http://${host}` }));
    const sentTo = new Map<string, number>();
    const herd = startHerd({ ...LOAD, targets }, ({ to }) => {
      // An answer that is no error does not say where it was sent.
      if (to) sentTo.set(to, (sentTo.get(to) ?? 0) + 1);
    });
    try {
      await until('some load', () => replica.asked >= ENOUGH);
    } finally {
      await herd.stop();
      await replica.close();
    }
    for (const host of hosts) assert.equal(sentTo.get(host), replica.askedAs.get(host), host);
  });
});

describe('an endless herd', () => {
  it('waits for the first replica, and rests while there is none', async () => {
    const seen: (readonly string[])[] = [];
    const replica = await StageReplica.start();
    const { port } = replica;
    const name = `127.0.0.1:${port}`;
    const herd = new EndlessHerd(LOAD, {
      find: replicasBehind(`http://localhost:${port}`),
      onTargets: (names) => seen.push(names),
    });
    try {
      replica.isReady = false;
      await herd.look();
      assert.deepEqual([herd.isAnswered(60_000), seen], [false, []]);
      replica.isReady = true;
      for (let look = 0; look < 2; look += 1) await herd.look();
      await until('some load', () => replica.asked >= ENOUGH);
      assert.ok(herd.isAnswered(60_000));
      await replica.close();
      await herd.look();
      const { ok } = herd.takeCounts();
      assert.ok(ok >= ENOUGH, `${ok} answered`);
      await until('that nobody answers', () => !herd.isAnswered(100));
      // What it would send now would fail.
      assert.deepEqual(herd.takeCounts(), { ok: 0, error: 0, timeout: 0, unsent: 0 });
      const before = replica.asked;
      await replica.open();
      await herd.look();
      await until('load again', () => replica.asked - before >= ENOUGH);
      assert.deepEqual(seen, [[name], [], [name]]);
    } finally {
      await replica.close();
      await herd.look();
    }
  });

  it('gives a replica its share again that refused for a moment', async () => {
    const stayed = await StageReplica.start();
    const left = await StageReplica.start();
    const both = [stayed, left].map(({ port }) => replicasBehind(`http://localhost:${port}`));
    let finds = true;
    const find = async () => (finds ? (await Promise.all(both.map((one) => one()))).flat() : []);
    const seen: number[] = [];
    const herd = new EndlessHerd(LOAD, { find, onTargets: ({ length }) => seen.push(length) });
    try {
      await herd.look();
      await until('load on both', () => left.asked >= ENOUGH);
      await left.close();
      const before = stayed.asked;
      // Each connection that is refused goes to the other one.
      await until('all the load on one', () => stayed.asked - before >= 2 * ENOUGH);
      const onLeft = left.asked;
      await left.open();
      await herd.look();
      await until('load on both', () => left.asked - onLeft >= ENOUGH);
      // No look saw that it was gone.
      assert.deepEqual(seen, [2]);
    } finally {
      finds = false;
      await herd.look();
      await Promise.all([stayed, left].map((one) => one.close()));
    }
  });
});

describe('the herd as a service', () => {
  it('refuses an invalid variable with one line each', () => {
    const env = { ...process.env, RATE: '0', APP_URL: 'ftp://app' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], { env, encoding: 'utf8' });
    assert.deepEqual({ status, stdout }, { status: EX_USAGE, stdout: '' });
    assert.equal(stderr, 'APP_URL: must be http://HOST:PORT\nRATE: must be a number from 1 to 5000\n');
  });

  it('is ready while it is answered, and ends at once', async () => {
    const replica = await StageReplica.start();
    replica.isReady = false;
    const env = { ...process.env, PORT: '0', RATE: '100', APP_URL: `http://localhost:${replica.port}` };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let log = '';
      child.stdout.on('data', (chunk) => {
        log += chunk;
      });
      const url = await until('its address', () => /listening at (http:[^"]+)/.exec(log)?.[1], 20_000);
      const status = async () => (await fetch(`${url}/readyz`)).status;
      assert.equal(await status(), 503);
      replica.isReady = true;
      await until('its readiness', async () => (await status()) === 200, 20_000);
      assert.match(log, /100 requests per second, shared by 1 ready replica"/);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      assert.deepEqual(await within(10_000, 'its end', ended), [0, null]);
    } finally {
      child.kill('SIGKILL');
      await replica.close();
    }
  });
});
