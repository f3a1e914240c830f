import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseRuntime } from '../../../cluster/choose-runtime.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';

const there = async () => ({ version: '28.1.0', socketPath: '/run/docker.sock' });
const missing = async () => ({ missing: 'no Docker engine answers' });
const never = async () => assert.fail('the engine is not asked');

describe('the runtime', () => {
  it('is containers where an engine answers', async () => {
    const choice = await chooseRuntime({ runtime: 'auto' }, there);
    assert.deepEqual(choice, {
      runtime: 'compose',
      why: 'Docker 28.1.0 answers',
      socketPath: '/run/docker.sock',
    });
  });

  it('is processes where none does, and says so', async () => {
    const choice = await chooseRuntime({ runtime: 'auto' }, missing);
    assert.deepEqual(choice, { runtime: 'local', why: 'no Docker engine answers' });
  });

  it('is what RUNTIME says', async () => {
    assert.equal((await chooseRuntime({ runtime: 'local' }, never)).runtime, 'local');
    assert.equal((await chooseRuntime({ runtime: 'compose' }, there)).runtime, 'compose');
  });

  it('is refused where RUNTIME asks for containers and no engine answers', () =>
    assert.rejects(
      chooseRuntime({ runtime: 'compose' }, missing),
      (error) => error instanceof UsageError && /no Docker engine answers.*RUNTIME=local/.test(error.message),
    ));
});
