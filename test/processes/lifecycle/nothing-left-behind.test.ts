import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { askRedis } from '../../../cluster/ask-redis.ts';
import { eventually, labFolder, processesIn, runLab, startLab } from '../../support/lab.ts';
import { whyNot } from '../../support/lock-server.ts';
import { whyNoProxy } from '../../support/proxies.ts';

const SMALL = ['STRATEGY=lock', 'REPLICAS=2', 'RATE=50', 'EXPIRIES=100'];

describe('nothing is left behind', () => {
  const folder = labFolder();
  after(() => folder.remove());

  const underLoad = async () => {
    const run = startLab(folder.path, ['herd', ...SMALL]);
    await eventually('the herd', () => run.out().includes('herd of 50'), 30_000);
    assert.ok(processesIn(folder.path).length >= 5, 'the lab, Redis, the origin and two replicas run');
    return run;
  };

  it('by Ctrl-C in the middle of a herd', async () => {
    const run = await underLoad();
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130);
    assert.match(run.err(), /interrupted; everything that was started has been ended/);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });

  it('by Ctrl-C while the cluster starts', async () => {
    const run = startLab(folder.path, ['herd', ...SMALL]);
    await eventually('the first process', () => processesIn(folder.path).length >= 3, 30_000);
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });

  it('by whoever has read enough of what it prints', async () => {
    const run = await underLoad();
    run.child.stdout?.destroy();
    assert.equal(await run.ended, 130);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });

  it('by a crash of the lab, not even a paused replica', async () => {
    const run = await underLoad();
    const paused = processesIn(folder.path).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('services/app'),
    );
    assert.ok(paused);
    process.kill(paused, 'SIGSTOP');
    run.child.kill('SIGKILL');
    await run.ended;
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });
});

describe('a cluster that is kept', () => {
  const folder = labFolder();
  after(async () => {
    await runLab(folder.path, ['down']);
    folder.remove();
  });

  it('is described, serves, refuses a second one, is healed, and ends whole', async () => {
    const up = await runLab(folder.path, ['up', 'STRATEGY=lock', 'REPLICAS=2']);
    assert.equal(up.status, 0, up.err);
    const described = JSON.parse(readFileSync(join(folder.path, '.lab/cluster.json'), 'utf8'));
    assert.equal(described.runtime, 'local');
    assert.equal(described.strategy, 'lock');
    assert.deepEqual(
      described.replicas.map(({ name }: { name: string }) => name),
      ['app-1', 'app-2'],
    );
    assert.deepEqual(Object.keys(described.replicas[0]).sort(), ['name', 'pid', 'url']);
    assert.match(described.origin.url, /^http:/);
    assert.match(described.redis.url, /^redis:/);

    const answer = await fetch(`${described.replicas[0].url}/keys/hot`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('cache-status') ?? '', /^dogpile; fwd=miss; stored; ttl=/);

    assert.equal((await runLab(folder.path, ['status'])).status, 0);
    const second = await runLab(folder.path, ['up']);
    assert.equal(second.status, 64);
    assert.match(second.err, /a cluster is up already/);

    const { processes } = described as { processes: { name: string; pid: number }[] };
    const pidOf = (name: string) => processes.find((process) => process.name === name)?.pid ?? 0;
    process.kill(pidOf('app-1'), 'SIGKILL');
    process.kill(pidOf('app-2'), 'SIGSTOP');
    process.kill(pidOf('redis'), 'SIGKILL');
    const inRedis = (...command: [string, ...string[]]) =>
      askRedis(described.redis.url, (redis) => redis.call(...command));
    for (const again of [/started again: redis, app-1/, /everything was there/]) {
      const healed = await runLab(folder.path, ['heal']);
      assert.equal(healed.status, 0, healed.err);
      assert.match(healed.out, again);
      assert.deepEqual(await inRedis('CONFIG', 'GET', 'min-replicas-to-write'), [
        ...['min-replicas-to-write', '0'],
      ]);
      await inRedis('CONFIG', 'SET', 'min-replicas-to-write', '1');
    }
    assert.equal((await runLab(folder.path, ['heal'])).status, 0);
    for (const { url } of described.replicas) assert.equal((await fetch(`${url}/keys/hot`)).status, 200);

    const down = await runLab(folder.path, ['down']);
    assert.match(down.out, /ended 5 processes/);
    assert.deepEqual(processesIn(folder.path), []);
    assert.equal((await runLab(folder.path, ['status'])).status, 1);
  });
});

describe('a cluster that is kept behind a proxy, on a lease of another server', {
  skip: whyNot('memcached') || whyNoProxy('nginx'),
}, () => {
  const folder = labFolder();
  after(async () => {
    await runLab(folder.path, ['down']);
    folder.remove();
  });

  it('is healed as a whole, and leaves no worker of a proxy that was killed', async () => {
    const typed = ['STRATEGY=lock', 'REPLICAS=2', 'LEASE_BACKEND=memcached', 'PROXY=nginx'];
    const up = await runLab(folder.path, ['up', ...typed]);
    assert.equal(up.status, 0, up.err);
    const described = () => JSON.parse(readFileSync(join(folder.path, '.lab/cluster.json'), 'utf8'));
    const pidOf = (name: string) =>
      described().processes.find((process: { name: string }) => process.name === name).pid as number;
    process.kill(pidOf('memcached'), 'SIGKILL');
    const healed = await runLab(folder.path, ['heal']);
    assert.equal(healed.status, 0, healed.err);
    assert.match(healed.out, /started again: memcached/);
    assert.equal((await fetch(`${described().proxies[0].url}/keys/hot`)).status, 200);

    const proxy = pidOf('proxy-1');
    process.kill(proxy, 'SIGKILL');
    await eventually('its end', () => !membersOf(proxy).includes(proxy), 5000);
    assert.ok(membersOf(proxy).length > 0, 'its workers live on');
    await runLab(folder.path, ['down']);
    await eventually('theirs', () => membersOf(proxy).length === 0, 5000);
  });
});

/** The pids of a process group. */
const membersOf = (group: number): number[] =>
  execFileSync('ps', ['-eo', 'pid=,pgid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([pid, pgid, stat = '']) =>
      Number(pgid) === group && !stat.startsWith('Z') ? [Number(pid)] : [],
    );
