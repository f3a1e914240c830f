import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { docker } from '../../lab/cluster/docker.ts';
import { containersOf, leftOf } from '../../lab/cluster/project.ts';
import { nothingLeftOf, projectsOf, withDocker } from '../support/docker.ts';
import { eventually, type LabRun, labFolder, runLab, startLab } from '../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../support/wanting.ts';

const SMALL = ['RUNTIME=compose', 'REPLICAS=3', 'TTL=1s', 'RECOMPUTE=150ms', 'RATE=200', 'EXPIRIES=4'];

/** Images without a name, which a build that made another one leaves behind; in no order of the engine's. */
async function supersededImages(): Promise<string[]> {
  const filters = ['--filter', 'dangling=true', '--filter', 'label=com.docker.compose.service=app'];
  return (await docker(['images', '--quiet', ...filters])).split('\n').sort();
}

describe('a run on containers', withDocker, () => {
  const folder = labFolder();
  after(() => folder.remove());

  const judged = async (typed: readonly string[]) => {
    const superseded = await supersededImages();
    const record = await firstToTell(async () => {
      const { status, out, err } = await runLab(folder.path, ['herd', ...typed]);
      assert.match(out, /^runtime compose: RUNTIME=compose\n/, `${status} ${out}${err}`);
      await nothingLeftOf(projectsOf(folder.path));
      return latestRecord(folder.path);
    });
    assert.equal(record.runtime, 'compose');
    assert.deepEqual(wantingIn(record), []);
    assert.deepEqual(await supersededImages(), superseded);
    return record;
  };

  it('counts one recompute an expiry under lock, and keeps the logs of every container', async () => {
    const record = await judged(['STRATEGY=lock', ...SMALL]);
    assert.deepEqual(record.origin.perExpiry, { mean: 1, max: 1 });
    for (const name of ['app-1', 'app-2', 'app-3', 'origin', 'redis']) {
      const log = readFileSync(join(folder.path, `results/latest/logs/${name}.log`), 'utf8');
      assert.notEqual(log, '', name);
    }
  });

  it('shows the dogpile under none', async () => {
    const record = await judged(['STRATEGY=none', ...SMALL]);
    assert.ok(record.origin.perExpiry.mean > 10, `${record.origin.perExpiry.mean} recomputes an expiry`);
  });

  it('counts one recompute an expiry under refresh-ahead, by the refreshers', async () => {
    const record = await judged(['STRATEGY=refresh-ahead', ...SMALL, 'REFRESH_INTERVAL=200ms']);
    assert.deepEqual(record.origin.perExpiry, { mean: 1, max: 1 });
    const ledger = readFileSync(join(folder.path, 'results/latest/ledger.jsonl'), 'utf8');
    assert.match(ledger, /"key":"hot",.*"by":"refresher-[12]"/);
  });

  it('counts one recompute an expiry with a lease of another server', async () => {
    const record = await judged(['STRATEGY=lock', 'LEASE_BACKEND=memcached', ...SMALL, 'EXPIRIES=2']);
    assert.deepEqual(record.origin.perExpiry, { mean: 1, max: 1 });
  });

  it('counts one recompute an expiry behind a proxy', async () => {
    const record = await judged(['STRATEGY=none', 'PROXY=varnish', ...SMALL, 'EXPIRIES=2']);
    assert.equal(record.origin.perExpiry.max, 1);
    assert.ok((record.requests.forwarded ?? Infinity) < record.requests.ok / 10);
  });

  it('is not begun where an image cannot be had, and one line says what does without', async () => {
    const env = { ...process.env, REDIS_IMAGE: '127.0.0.1:1/redis:none' };
    const { status, err } = await runLab(folder.path, ['herd', ...SMALL], env);
    assert.equal(status, 64);
    assert.match(err, /^dogpile-lab: the images cannot be had: .*Type: make herd RUNTIME=local\n$/);
    await nothingLeftOf(projectsOf(folder.path));
  });

  // By what only containers have, the freezer and networks. `make faults RUNTIME=compose` runs them all.
  for (const fault of ['pause-holder', 'partition']) {
    it(`holds the strategy to its claim under ${fault}`, async () => {
      await judged([`FAULT=${fault}`, 'RUNTIME=compose', 'EXPIRIES=2']);
    });
  }
});

describe('no container is left behind', withDocker, () => {
  const folder = labFolder();
  after(() => folder.remove());

  const running: LabRun[] = [];
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGINT');
      await ended;
    }
  });

  const started = async () => {
    const before = projectsOf(folder.path);
    const run = startLab(folder.path, ['herd', 'STRATEGY=lock', ...SMALL, 'EXPIRIES=1000']);
    running.push(run);
    const fresh = () => projectsOf(folder.path).filter((project) => !before.includes(project));
    await eventually('the start', () => fresh().length > 0, 60_000);
    return { run, project: fresh()[0] as string };
  };
  const underLoad = async () => {
    const { run, project } = await started();
    await eventually('the herd', () => run.out().includes('herd of 200'), 60_000);
    return { run, project };
  };
  const beingMade = async () => {
    const { run, project } = await started();
    const giveUpAt = performance.now() + 60_000;
    while ((await leftOf(project)).length === 0) assert.ok(performance.now() < giveUpAt);
    assert.ok(!run.out().includes('herd of 200'));
    return { run, project };
  };
  const gone = async (project: string) => {
    const giveUpAt = performance.now() + 20_000;
    for (;;) {
      const left = await leftOf(project);
      if (left.length === 0) return;
      assert.ok(performance.now() < giveUpAt, `left: ${left}`);
    }
  };

  it('by Ctrl-C in the middle of a herd', async () => {
    const { run, project } = await underLoad();
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130, run.out() + run.err());
    assert.deepEqual(await leftOf(project), []);
  });

  it('by Ctrl-C while the cluster starts', async () => {
    const { run, project } = await beingMade();
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130, run.out() + run.err());
    assert.deepEqual(await leftOf(project), []);
  });

  it('by a crash of the lab, not even a paused replica', async () => {
    const { run, project } = await underLoad();
    const replica = (await containersOf(project)).find(({ name }) => name === 'app-1');
    await docker(['pause', replica?.id ?? '']);
    run.child.kill('SIGKILL');
    await run.ended;
    await gone(project);
  });

  it('by a crash of the lab while the cluster starts', async () => {
    const { run, project } = await beingMade();
    run.child.kill('SIGKILL');
    await run.ended;
    await gone(project);
  });
});
