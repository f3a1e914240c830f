import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, labFolder, processesIn, startLab } from '../../support/lab.ts';

const CLI = fileURLToPath(new URL('../../../lab/cli.ts', import.meta.url));
const SMALL = ['STRATEGY=lock', 'REPLICAS=2', 'RATE=50', 'EXPIRIES=100'];
/** One line that begins with the lab's name: no stack. */
const ONE_LINE = /^dogpile-lab: .*\n$/;

describe('what breaks in the lab itself is no verdict', () => {
  const folder = labFolder();
  after(() => folder.remove());

  it('a herd that dies is noticed at once', async () => {
    const run = startLab(folder.path, ['herd', ...SMALL]);
    const herd = () =>
      processesIn(folder.path).find((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('load/main.ts'),
      );
    await eventually('the load', () => run.out().includes('expiry 1/'), 60_000);
    const from = performance.now();
    process.kill(herd() ?? 0, 'SIGKILL');
    assert.equal(await run.ended, 70, run.out() + run.err());
    assert.ok(performance.now() - from < 3000, 'within 3 s');
    assert.match(run.err(), /^dogpile-lab: the herd ended with SIGKILL before it was done; its log: .*\n$/);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });

  it('a herd that may open no more connections says so', async () => {
    const child = spawn(
      'sh',
      ['-c', 'ulimit -n 128; exec "$@"', 'sh', process.execPath, CLI, 'herd', ...SMALL, 'RATE=500'],
      {
        cwd: folder.path,
        env: { ...process.env, DOGPILE_RUNTIME: 'local' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const said = text(child.stderr);
    assert.deepEqual(await once(child, 'exit'), [70, null]);
    assert.match(await said, ONE_LINE);
    assert.match(await said, /EMFILE.*ulimit -n/);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });

  const crash = (command: string, cwd = folder.path) => {
    const env = { ...process.env, DOGPILE_RUNTIME: 'local', NODE: process.execPath, CLI };
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
    return { status, err: stderr };
  };

  it('a full disk', () => {
    const { status, err } = crash('"$NODE" "$CLI" help >/dev/full');
    assert.equal(status, 70);
    assert.match(err, ONE_LINE);
    assert.match(err, /ENOSPC.*Free some space/);
  });

  it('a results folder that cannot be written, before anything is started', () => {
    const other = labFolder();
    writeFileSync(join(other.path, 'results'), '');
    for (const command of ['herd', 'compare']) {
      const { status, err } = crash(`"$NODE" "$CLI" ${command}`, other.path);
      assert.equal(status, 70);
      assert.match(err, /^dogpile-lab: (ENOTDIR|EEXIST): .*\n$/);
    }
    other.remove();
  });

  it('too few files for the lab to start anything', () => {
    const { status, err } = crash('ulimit -n 24; "$NODE" "$CLI" herd');
    assert.equal(status, 70, err);
    assert.match(err, ONE_LINE);
    assert.match(err, /EMFILE.*ulimit -n/);
  });
});
