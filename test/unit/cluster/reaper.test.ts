import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { killExactly } from '../../../cluster/kill.ts';
import { identityOf } from '../../../cluster/process-identity.ts';
import { startReaper } from '../../../cluster/reaper.ts';
import { until, within } from '../../support/within.ts';

const BOUND_MS = 20_000;

function sleeper(t: { after(end: () => void): void }): ChildProcess & { pid: number } {
  const child = spawn('sleep', ['60']);
  t.after(() => child.kill('SIGKILL'));
  return child as ChildProcess & { pid: number };
}

const deathOf = (child: ChildProcess) => within(BOUND_MS, 'its end', once(child, 'exit'));

describe('the reaper', () => {
  it('kills what was started and has not ended when the pipe closes', async (t) => {
    const [left, spared] = [sleeper(t), sleeper(t)];
    const reaper = startReaper();
    reaper.started(left.pid);
    reaper.started(spared.pid);
    reaper.ended(spared.pid);
    const dies = deathOf(left);
    reaper.dismiss();
    assert.deepEqual(await dies, [null, 'SIGKILL']);
    assert.equal(spared.exitCode ?? spared.signalCode, null);
  });

  it('kills a group whose leader is dead', async (t) => {
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; read -r _'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const reaper = startReaper();
    reaper.started(-(shell.pid ?? 0));
    const [said] = await once(shell.stdout, 'data');
    const worker = Number(`${said}`);
    t.after(() => killExactly({ ...(identityOf(worker) ?? { pid: worker, startedAt: 'never' }) }));
    const gone = once(shell, 'exit');
    shell.stdin.end();
    await gone;
    assert.ok(identityOf(worker));
    reaper.dismiss();
    await until('its end', () => identityOf(worker) === undefined, BOUND_MS);
  });

  it('spares what it was told to let live, and kills what came later', async (t) => {
    const [stays, left] = [sleeper(t), sleeper(t)];
    const reaper = startReaper();
    reaper.started(stays.pid);
    await reaper.release();
    reaper.started(left.pid);
    const dies = deathOf(left);
    reaper.dismiss();
    await dies;
    assert.equal(stays.exitCode ?? stays.signalCode, null);
  });
});

describe('a pid that another process has by now', () => {
  it('is not killed, nor is its group', async (t) => {
    const other = spawn('cat', { detached: true });
    t.after(() => other.kill('SIGKILL'));
    const pid = other.pid ?? 0;
    const identity = identityOf(pid);
    assert.ok(identity);
    for (const earlier of [
      { ...identity, startedAt: '1' },
      { ...identity, boot: 'another boot' },
    ])
      for (const group of [false, true]) killExactly({ ...earlier, group });
    // Whoever still answers was not killed.
    other.stdin.on('error', () => {}).write('alive');
    assert.equal(`${await within(BOUND_MS, 'its answer', once(other.stdout, 'data'))}`, 'alive');
    const dies = deathOf(other);
    killExactly({ ...identity, group: true });
    await dies;
  });
});
