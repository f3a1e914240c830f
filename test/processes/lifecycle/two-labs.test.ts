import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import type { LocalCluster } from '../../../cluster/local/local-cluster.ts';
import { PortRegistry } from '../../../cluster/ports/registry.ts';
import { freeRow } from '../../../cluster/ports.ts';
import { readRun } from '../../../lab/run/recording/read-run.ts';
import type { RunRecord } from '../../../record/result.ts';
import { descendantsOf } from '../../support/descendants.ts';
import { type LabRun, labFolder, processesIn, startLab } from '../../support/lab.ts';
import { localCluster, TOKEN } from '../../support/local-cluster.ts';
import { until } from '../../support/within.ts';

const SMALL = ['RATE=60', 'EXPIRIES=2', 'TTL=1500ms'];

describe('two labs that start in the same instant', () => {
  const folder = labFolder();
  after(() => {
    assert.deepEqual(processesIn(folder.path), []);
    folder.remove();
  });

  /** Waits for the end of a lab, and gives what it said and the folder of its run. */
  async function ended(lab: LabRun) {
    await lab.ended;
    const record = /^record: (\S+)/m.exec(lab.out())?.[1];
    return { out: lab.out(), err: lab.err(), run: record && join(folder.path, dirname(record)) };
  }
  const herd = (...typed: string[]) => startLab(folder.path, ['herd', ...SMALL, ...typed]);

  /** Fails unless the run was whole, on its own members alone. Two labs at once are too much for a machine to say more. */
  async function assertOwn({ out, err, run }: Awaited<ReturnType<typeof ended>>, members: readonly string[]) {
    assert.ok(run, `${out}${err}`);
    const { checks } = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')) as RunRecord;
    for (const { name, verdict, detail } of checks)
      assert.ok(
        verdict === 'pass' || (name !== 'evidence intact' && verdict === 'unknown'),
        `${name}: ${detail}`,
      );
    const { ledger } = await readRun(run);
    const askers = new Set(ledger.flatMap((line) => (line.event === 'begin' ? [line.by] : [])));
    assert.ok(askers.size > 0);
    for (const asker of askers) assert.ok(members.includes(asker), `${asker} is of another lab`);
  }

  /** The ports that the members of a run listened on, by their own logs. */
  const portsOf = (run = ''): string[] =>
    readdirSync(join(run, 'logs')).flatMap(
      (name) =>
        readFileSync(join(run, 'logs', name), 'utf8').match(/(?<=listening at http:\/\/127\.0\.0\.1:)\d+/) ??
        [],
    );

  it('have members of their own, and no check of either fails', async () => {
    const labs = [herd('STRATEGY=lock', 'REPLICAS=2'), herd('STRATEGY=single-flight', 'REPLICAS=3')];
    const both = await Promise.all(labs.map(ended));
    const members = [
      ['app-1', 'app-2'],
      ['app-1', 'app-2', 'app-3'],
    ];
    for (const [index, one] of both.entries()) await assertOwn(one, members[index] ?? []);
    const ports = both.flatMap(({ run }) => portsOf(run));
    assert.equal(ports.length, 3 + 4);
    assert.equal(new Set(ports).size, ports.length, `${ports}`);
  });

  it('and want the same ports: the first keeps them before anybody listens there, and the other is told in one line', async () => {
    const first = await freeRow(4);
    const typed = ['STRATEGY=lock', 'REPLICAS=2', `PORT=${first}`];
    const lab = herd(...typed);
    const { pid } = lab.child;
    await until('the choice of the ports', () =>
      new PortRegistry().claims().some(({ owner }) => owner.pid === pid),
    );
    lab.child.kill('SIGSTOP');
    const other = herd(...typed);
    const status = await other.ended;
    lab.child.kill('SIGCONT');
    assert.equal(status, 64);
    assert.equal(
      other.err(),
      `dogpile-lab: PORT=${first} needs ports ${first} to ${first + 3}, and the lab with pid ${pid} has reserved ${first}. Wait until it ends, or type: make herd PORT=0\n`,
    );
    await assertOwn(await ended(lab), ['app-1', 'app-2']);
  });
});

describe('a cluster', () => {
  const folder = labFolder();
  let cluster: LocalCluster | undefined;
  afterEach(() => cluster?.down());
  after(() => folder.remove());

  const start = (at: string) => localCluster(at, ['STRATEGY=refresh-ahead', 'REPLICAS=1']);
  const reserved = () =>
    new PortRegistry().claims().flatMap(({ port, owner }) => (owner.pid === process.pid ? [port] : []));

  it('has its ports reserved, those of a replica that came later too, until it is down', async () => {
    cluster = await start(folder.path);
    await cluster.add();
    const { replicas, refreshers, origin, redis } = cluster;
    const ports = [...replicas, ...refreshers, origin, redis].map(({ url }) => Number(new URL(url).port));
    for (const port of ports) assert.ok(reserved().includes(port), `${port}`);
    await cluster.down();
    assert.deepEqual(reserved(), []);
  });

  it('gives its ports back and leaves no process when it does not start', async () => {
    const broken = join(folder.path, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'logs'), 'a file where a folder should be');
    await assert.rejects(start(broken), { code: 'EEXIST' });
    assert.deepEqual(reserved(), []);
    const unwritable = join(folder.path, 'unwritable');
    mkdirSync(join(unwritable, 'logs', 'redis.log'), { recursive: true });
    await assert.rejects(start(unwritable), { code: 'EISDIR' });
    assert.deepEqual(reserved(), []);
    // The origin was being started when Redis failed.
    await until('the end of every process', () => descendantsOf(process.pid).length === 0);
  });

  it('has members that all answer its token and their own names, and a Redis with a run_id', async () => {
    cluster = await start(folder.path);
    const { replicas, refreshers, origin, token, redisServers } = cluster;
    assert.equal(token, TOKEN);
    for (const { name, url } of [...replicas, ...refreshers, { ...origin, name: 'origin' }])
      assert.deepEqual(await (await fetch(`${url}/readyz`)).json(), { ready: true, name, run: token });
    for (const { runId } of redisServers) assert.match(runId ?? '', /^[0-9a-f]{40}$/);
    const before = cluster.redis.runId;
    await cluster.kill('redis');
    await cluster.restart('redis');
    assert.notEqual(cluster.redis.runId, before);
  });
});
