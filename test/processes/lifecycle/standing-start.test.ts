import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, labFolder, processesIn, runLab, startLab } from '../../support/lab.ts';

const UP = ['up', 'STRATEGY=lock', 'REPLICAS=2'];
const CLEAN = fileURLToPath(new URL('../../../lab/clean.sh', import.meta.url));

describe('make up', () => {
  it('leaves nothing behind when the lab is killed before the cluster is described', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    const run = startLab(folder.path, UP);
    // The lab, its reaper, Redis, and one more.
    await eventually('the first processes', () => processesIn(folder.path).length >= 4, 30_000);
    run.child.kill('SIGKILL');
    await run.ended;
    assert.equal(existsSync(join(folder.path, '.lab/cluster.json')), false);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
    const again = await runLab(folder.path, UP);
    assert.equal(again.status, 0, again.err);
    await runLab(folder.path, ['down']);
  });

  it('is refused while another one starts a cluster, and outlives both labs', async (t) => {
    const folder = labFolder();
    t.after(async () => {
      await runLab(folder.path, ['down']);
      folder.remove();
    });
    const first = startLab(folder.path, UP);
    await eventually('the first one', () => first.out().includes('starting'), 30_000);
    // Frozen, it cannot be up before the second one asks.
    first.child.kill('SIGSTOP');
    const cleaning = clean(folder.path);
    const second = await runLab(folder.path, UP);
    first.child.kill('SIGCONT');
    assert.equal(cleaning.status, 64);
    assert.equal(second.status, 64);
    assert.match(
      second.err,
      /^dogpile-lab: another make up or make rehearse has a cluster here \(pid \d+\)\..*\n$/,
    );
    assert.equal(await first.ended, 0, first.err());
    assert.deepEqual(readdirSync(join(folder.path, '.lab/up.lock')), []);
    assert.equal((await runLab(folder.path, ['status'])).status, 0);

    const refused = clean(folder.path);
    assert.deepEqual([refused.status, existsSync(join(folder.path, '.lab'))], [64, true]);
    assert.match(refused.stderr, /^dogpile-lab: .*Type: make down, then make clean\n$/);
    const { status, err } = await runLab(folder.path, ['logs'], { PATH: dirname(process.execPath) });
    assert.equal(status, 70);
    assert.match(err, /^dogpile-lab: spawn tail ENOENT\. There is no command tail on the PATH\..*\n$/);

    await runLab(folder.path, ['down']);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
    mkdirSync(join(folder.path, 'results'));
    assert.equal(clean(folder.path).status, 0);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('says in one line that a description is damaged', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    mkdirSync(join(folder.path, '.lab'));
    for (const damaged of ['{"runtime":"local"', '{"runtime":"local","processes":[{"pid":-1}]}', '[]']) {
      writeFileSync(join(folder.path, '.lab/cluster.json'), damaged);
      for (const command of ['up', 'status', 'logs', 'heal', 'down']) {
        const { status, err } = await runLab(folder.path, [command]);
        assert.equal(status, 64, command);
        assert.match(err, /^dogpile-lab: \.lab\/cluster\.json is damaged: .*rm \.lab\/cluster\.json\n$/);
      }
    }
  });
});

const clean = (folder: string) => spawnSync(CLEAN, { cwd: folder, encoding: 'utf8' });
