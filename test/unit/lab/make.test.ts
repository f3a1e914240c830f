import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const root = new URL('../../../', import.meta.url).pathname;

/** Runs make in the lab's own folder, where only what starts nothing may be asked for. */
function make(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { MAKEFLAGS, MAKELEVEL, LAB_OVERRIDES, ...outer } = process.env;
  // Without a look at how old the packages are: they are there.
  const { status, stdout, stderr } = spawnSync('make', ['-o', 'node_modules/.ready', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...outer, ...env },
    timeout: 60_000,
  });
  return { status, out: stdout, err: stderr };
}

const lineOf = (err: string) => err.split('\n').find((line) => line.startsWith('dogpile-lab: '));

describe('make', { concurrency: 2 }, () => {
  const pwned = join(root, 'pwned');
  after(() => rmSync(pwned, { force: true }));

  it('takes what stands on its command line, and nothing else from the environment', () => {
    const shell = { TTL: '1s', RATE: '7', PORT: '3000', PROXY: 'http://proxy.example', LAB_FAULT: '' };
    const { status, out, err } = make(['advise', 'REPLICAS=3', 'STALE_OK=1s'], {
      ...shell,
      DOGPILE_RECOMPUTE: '100ms',
    });
    assert.equal(status, 0, err);
    assert.match(out, /^3 replicas, TTL 3s, recompute 100ms, 1000\/s; stale values are fine for 1s\n/);
  });

  it('hands on a value with blanks, quotes and dollars as it was typed', () => {
    for (const value of ['node my service.js', `it's "one" value`, '; touch pwned', '`touch pwned`']) {
      const { err } = make(['judge', `RUN=${value}`]);
      assert.ok(lineOf(err)?.startsWith(`dogpile-lab: ${value} is not the folder of a run`), err);
    }
    assert.equal(existsSync(pwned), false);
  });

  it('never has a shell read the name of a target', () => {
    for (const name of ['x;touch pwned', '$(touch pwned)', '`touch pwned`', "x' ; touch pwned ; '"]) {
      const { err } = make([`fault-${name}`]);
      assert.equal(existsSync(pwned), false, name);
      assert.ok(lineOf(err)?.includes('is not allowed: none, kill-holder'), err);
    }
  });

  it('takes fault-… as herd with FAULT, and not with another one', () => {
    assert.match(
      lineOf(make(['fault-kill-holder', 'STALE_OK=1s']).err) ?? '',
      /make herd does not take STALE_OK/,
    );
    assert.match(
      lineOf(make(['fault-kill-holder', 'FAULT=partition']).err) ?? '',
      /make fault-kill-holder names its fault/,
    );
  });

  it('refuses a parameter for a target that takes none', () => {
    const { status, out, err } = make(['check', 'STRATEGY=lock']);
    assert.equal(status, 2);
    assert.equal(out, '');
    assert.match(lineOf(err) ?? '', /takes no parameters/);
  });
});
