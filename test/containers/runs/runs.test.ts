import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { docker } from '../../../cluster/compose/docker.ts';
import { nothingLeftOf, projectsOf, withDocker } from '../../support/docker.ts';
import { labFolder, runLab } from '../../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../../support/wanting.ts';

const SMALL = ['RUNTIME=compose', 'REPLICAS=3', 'TTL=1s', 'RECOMPUTE=150ms', 'RATE=200', 'EXPIRIES=4'];

/** Images without a name, which a build that made another one leaves behind; in no order of the engine's. */
async function supersededImages(): Promise<string[]> {
  const filters = ['--filter', 'dangling=true', '--filter', 'label=com.docker.compose.service=app'];
  return (await docker(['images', '--quiet', ...filters])).split('\n').sort();
}

/** The record of a run that had something to say, and its folder. */
async function judged(t: TestContext, typed: readonly string[]) {
  const folder = labFolder();
  t.after(() => folder.remove());
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
  return { record, kept: (path: string) => readFileSync(join(folder.path, 'results/latest', path), 'utf8') };
}

describe('a run on containers', withDocker, () => {
  it('counts one recompute an expiry under lock, and keeps the logs of every container', async (t) => {
    const { record, kept } = await judged(t, ['STRATEGY=lock', ...SMALL]);
    assert.deepEqual(record.origin.perExpiry, { mean: 1, max: 1 });
    for (const name of ['app-1', 'app-2', 'app-3', 'origin', 'redis'])
      assert.notEqual(kept(`logs/${name}.log`), '', name);
  });

  it('shows the dogpile under none', async (t) => {
    const { record } = await judged(t, ['STRATEGY=none', ...SMALL]);
    assert.ok(record.origin.perExpiry.mean > 10, `${record.origin.perExpiry.mean} recomputes an expiry`);
  });

  it('counts one recompute an expiry under refresh-ahead, by the refreshers', async (t) => {
    const { record, kept } = await judged(t, ['STRATEGY=refresh-ahead', ...SMALL, 'REFRESH_INTERVAL=200ms']);
    assert.deepEqual(record.origin.perExpiry, { mean: 1, max: 1 });
    assert.match(kept('data/ledger.jsonl'), /"key":"hot",.*"by":"refresher-[12]"/);
  });

  it('counts one recompute an expiry with a lease of another server', async (t) => {
    const typed = ['STRATEGY=lock', 'LEASE_BACKEND=memcached', ...SMALL, 'EXPIRIES=2'];
    assert.deepEqual((await judged(t, typed)).record.origin.perExpiry, { mean: 1, max: 1 });
  });

  it("counts one recompute an expiry of the user's own image", async (t) => {
    const own = ['IMAGE=dogpile-lab/services', 'STRATEGY=lock', 'CLAIM=recomputes<=1 monotonic'];
    const { record, kept } = await judged(t, [...own, ...SMALL, 'EXPIRIES=2']);
    assert.equal(record.strategy, 'yours');
    assert.deepEqual(record.origin.perExpiry, { mean: 1, max: 1 });
    for (const name of ['app-1', 'app-2', 'app-3']) assert.notEqual(kept(`logs/${name}.log`), '', name);
  });

  it('counts one recompute an expiry behind a proxy', async (t) => {
    const { record } = await judged(t, ['STRATEGY=none', 'PROXY=varnish', ...SMALL, 'EXPIRIES=2']);
    assert.equal(record.origin.perExpiry.max, 1);
    assert.ok((record.requests.forwarded ?? Infinity) < record.requests.ok / 10);
  });

  it('is not begun where an image cannot be had, and one line says what does without', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    const env = { ...process.env, REDIS_IMAGE: '127.0.0.1:1/redis:none' };
    const { status, err } = await runLab(folder.path, ['herd', ...SMALL], env);
    assert.equal(status, 64);
    assert.match(err, /^dogpile-lab: the images cannot be had: .*Type: make herd RUNTIME=local\n$/);
    await nothingLeftOf(projectsOf(folder.path));
  });
});

describe('a fault on containers', withDocker, () => {
  // By what only containers have, the freezer and networks. `make faults RUNTIME=compose` runs them all.
  for (const fault of ['pause-holder', 'partition'])
    it(`is survived: ${fault}`, (t) =>
      judged(t, [`FAULT=${fault}`, 'RUNTIME=compose', 'EXPIRIES=2']).then(() => {}));
});
