import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { identityOf, isAlive, type ProcessIdentity } from '../../../cluster/process-identity.ts';
import { until } from '../../../services/shared/until.ts';

const known = (pid: number | undefined): ProcessIdentity => {
  const identity = identityOf(pid ?? 0);
  assert.ok(identity, `no identity for ${pid}`);
  return identity;
};

test('a process is alive until it ends, also when its identity went through a file', async () => {
  const child = spawn('sleep', ['60']);
  const identity = JSON.parse(JSON.stringify(known(child.pid))) as ProcessIdentity;
  assert.equal(isAlive(identity), true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(isAlive(identity), false);
  assert.equal(identityOf(identity.pid), undefined);
});

test('another process with the same pid is not taken for the one that had it before', () => {
  const identity = known(process.pid);
  assert.equal(isAlive(identity), true);
  assert.equal(isAlive({ ...identity, startedAt: `${identity.startedAt}1` }), false);
  assert.equal(isAlive({ ...identity, boot: 'the boot before' }), false);
});

test('a process of another user is alive', () => {
  assert.equal(isAlive(known(1)), true);
});

test('a zombie is not alive', async (t) => {
  // The shell becomes `sleep`, which never collects the child that ended.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => parent.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const identity = known(Number(line));
  await until('the end of the child', () => !isAlive(identity), { withinMs: 5000, everyMs: 10 });
  assert.doesNotThrow(() => process.kill(identity.pid, 0));
});
