import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { LocalStanding } from '../../../cluster/local/standing.ts';
import { eventually, type LabRun, labFolder, processesIn, runLab, startLab } from '../../support/lab.ts';

/** What one step may take on a machine that does much else. */
const SOON_MS = 60_000;

describe('a cluster that stays up, under load', () => {
  const folder = labFolder();
  let load: LabRun;
  /** The one that the end of the cluster ends. */
  let other: LabRun;

  const described = (): LocalStanding =>
    JSON.parse(readFileSync(join(folder.path, '.lab/cluster.json'), 'utf8'));
  const pidOf = (name: string) => described().processes.find((one) => one.name === name)?.pid ?? 0;
  /** The last line of progress. */
  const answers = () => Number([...load.out().matchAll(/(\d+) answers/g)].at(-1)?.[1] ?? 0);
  const more = async () => {
    const before = answers();
    await eventually('more answers', () => answers() > before, SOON_MS);
  };

  before(async () => {
    const up = await runLab(folder.path, ['up', 'STRATEGY=lock', 'REPLICAS=2', 'TTL=500ms', 'LEASE=500ms']);
    assert.equal(up.status, 0, up.err);
    load = startLab(folder.path, ['load', 'RATE=50']);
    other = startLab(folder.path, ['load', 'RATE=10', 'KEYS=2']);
    await eventually('the first answers', () => answers() > 0, SOON_MS).catch((error) => {
      throw new Error(load.out() + load.err(), { cause: error });
    });
  });
  after(async () => {
    for (const run of [load, other]) run?.child.kill('SIGKILL');
    await runLab(folder.path, ['down']);
    folder.remove();
  });

  it('loses its lease holder and its Redis to a fault, and gets them back', async () => {
    for (const [fault, victim] of [
      ['kill-holder', 'app-\\d'],
      ['redis-down', 'redis'],
    ]) {
      const pids = described().processes.map(({ pid }) => pid);
      const { status, out, err } = await runLab(folder.path, ['herd', `FAULT=${fault}`, 'TARGET=up']);
      assert.equal(status, 0, out + err);
      for (const step of ['planned', 'injected', 'healed'])
        assert.match(out, new RegExp(`^fault ${fault} on ${victim}: ${step}$`, 'm'));
      assert.match(out, /^nothing is judged here/m);
      const renewed = described().processes.filter(({ pid }) => !pids.includes(pid));
      assert.match(renewed.map(({ name }) => name).join(), new RegExp(`^${victim}$`));
      for (const { name, pid } of described().replicas) assert.equal(pid, pidOf(name), name);
      assert.equal((await runLab(folder.path, ['status'])).status, 0);
    }
    await more();
  });

  it('is healed when the fault is interrupted', async () => {
    const redis = pidOf('redis');
    const run = startLab(folder.path, ['herd', 'FAULT=redis-down', 'TARGET=up']);
    await eventually('the injection', () => run.out().includes(': injected'), SOON_MS);
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130);
    assert.match(run.out(), /^fault redis-down on redis: healed$/m, run.err());
    assert.notEqual(pidOf('redis'), redis);
    assert.equal((await runLab(folder.path, ['status'])).status, 0);
  });

  it('goes on to be asked while members come and go, until Ctrl-C', async () => {
    for (const name of ['app-1', 'app-2']) process.kill(pidOf(name), 'SIGKILL');
    assert.match((await runLab(folder.path, ['heal'])).out, /started again: app-1, app-2/);
    await more();
    const herds = herdsIn(folder.path).length;
    load.child.kill('SIGINT');
    assert.equal(await load.ended, 0, load.err());
    await eventually('the end of its herd', () => herdsIn(folder.path).length === herds - 1, 5000);
    assert.equal((await runLab(folder.path, ['status'])).status, 0);
  });

  it('ends, and every load on it ends with it', async () => {
    assert.equal(other.child.exitCode, null, other.err());
    assert.equal((await runLab(folder.path, ['down'])).status, 0);
    assert.equal(await other.ended, 0, other.err());
    assert.match(other.out(), /the cluster has been ended/);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
    for (const typed of [['load'], ['herd', 'FAULT=kill-holder', 'TARGET=up']]) {
      const { status, err } = await runLab(folder.path, typed);
      assert.equal(status, 64);
      assert.match(err, /^dogpile-lab: no cluster is up\. Type: make up, then make .*\n$/);
    }
  });
});

/** The pids of the herds that run in a folder. */
const herdsIn = (folder: string): number[] =>
  processesIn(folder).filter((pid) => commandOf(pid).includes('load/main.ts'));

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
