import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOfRedis } from '../../support/redis-place.ts';

const answers = async () => ({ version: '28.2', socketPath: '/var/run/docker.sock' });
const none = async () => ({ missing: 'no Docker engine answers' });

test('the tests’ Redis is a container where an engine answers, else of this machine', async () => {
  assert.deepEqual(await placeOfRedis({}, answers), { place: 'container', why: 'Docker 28.2 answers' });
  assert.deepEqual(await placeOfRedis({}, none), { place: 'local', why: 'no Docker engine answers' });
});

test('it is where TEST_REDIS says, whatever the machine has', async () => {
  assert.equal((await placeOfRedis({ TEST_REDIS: 'local' }, answers)).place, 'local');
  assert.equal((await placeOfRedis({ TEST_REDIS: 'container' }, none)).place, 'container');
  await assert.rejects(placeOfRedis({ TEST_REDIS: 'docker' }, answers), /container or local is allowed/);
});

test('where Docker is required nothing stands in for it', async () => {
  const required = { LAB_REQUIRE_DOCKER: '1' };
  assert.equal((await placeOfRedis(required, none)).place, 'container');
  await assert.rejects(placeOfRedis({ ...required, TEST_REDIS: 'local' }, none), /one of them is allowed/);
});
