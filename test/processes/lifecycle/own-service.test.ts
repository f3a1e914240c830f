import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { OPEN_ORIGIN } from '../../../cluster/own/open-origin.ts';
import { freeRow } from '../../../cluster/ports.ts';
import { eventually, labFolder, processesIn, runLab, startLab } from '../../support/lab.ts';

const APP = `${process.execPath} ${fileURLToPath(new URL('../../../services/app/main.ts', import.meta.url))}`;

describe("of the user's own service nothing is left behind", () => {
  const folder = labFolder();
  after(() => folder.remove());
  const nobodyIsLeft = () =>
    eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);

  /** A service in the middle of a pipe, so that ending the shell ends nobody else. */
  const underLoad = async () => {
    const run = startLab(folder.path, ['herd', `APP=${APP} | cat`, 'REPLICAS=2', 'RATE=50', 'EXPIRIES=100']);
    await eventually('the herd', () => run.out().includes('herd of 50'), 30_000);
    assert.ok(processesIn(folder.path).length >= 7, 'the lab, Redis, the origin and two pipes run');
    return run;
  };

  it('by Ctrl-C', async () => {
    const run = await underLoad();
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130);
    await nobodyIsLeft();
  });

  it('by a crash of the lab', async () => {
    const run = await underLoad();
    run.child.kill('SIGKILL');
    await run.ended;
    await nobodyIsLeft();
  });

  it('by a command that starts none', async () => {
    const { status, err } = await runLab(folder.path, ['herd', 'APP=exit 3', 'REPLICAS=2']);
    assert.equal(status, 64);
    assert.match(err, /^dogpile-lab: APP='exit 3' starts no service: app-[12] ended with status 3 .*\n$/);
    await nobodyIsLeft();
  });
});

describe('make origin', () => {
  const folder = labFolder();
  after(() => folder.remove());

  it('runs once in a folder, until Ctrl-C, and leaves nothing behind', async () => {
    const port = await freeRow(2);
    const typed = ['origin', `LISTEN=127.0.0.1:${port}`, 'NAMES=a'];
    const run = startLab(folder.path, typed);
    await eventually('the origin', () => run.out().includes('Ctrl-C ends both'), 30_000);
    assert.match(
      run.out(),
      new RegExp(`ORIGIN_URL=http://127.0.0.1:${port}\n  REDIS_URL=redis://127.0.0.1:${port + 1}\n`),
    );
    const second = await runLab(folder.path, typed);
    assert.deepEqual([second.status, second.out], [64, '']);
    assert.match(second.err, /^dogpile-lab: make origin runs here already .*Type: kill -INT \d+.*\n$/);
    const unknown = await runLab(folder.path, ['herd', 'TARGET=http://127.0.0.1:1,http://127.0.0.1:2']);
    assert.equal(unknown.status, 64);
    assert.match(
      unknown.err,
      /^dogpile-lab: TARGET has 2 of your services, and make origin has NAMES for 1: a\..*\n$/,
    );
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
    assert.equal(existsSync(join(folder.path, OPEN_ORIGIN)), false);
  });

  it('is what TARGET needs, and its port must be free', async () => {
    const { status, err } = await runLab(folder.path, ['herd', 'TARGET=http://127.0.0.1:1']);
    assert.equal(status, 64);
    assert.match(
      err,
      /^dogpile-lab: TARGET needs the origin of make origin, .*Type.*: make origin NAMES=a,b\n$/,
    );
    const nobody = await runLab(folder.path, ['origin', 'LISTEN=192.0.2.1:9000']);
    assert.equal(nobody.status, 64);
    assert.match(
      nobody.err,
      /^dogpile-lab: LISTEN=192\.0\.2\.1:9000: this machine cannot listen .*Type: make origin LISTEN=/,
    );
  });
});
