import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyWithout } from '../../support/require-servers.ts';

const missing = { status: 1, stderr: 'there is no squid\n' };

test('tests of a server that is missing are skipped, and say why', () => {
  assert.equal(whyWithout(missing, {}), 'there is no squid');
  assert.equal(whyWithout({ status: null, stderr: '' }, {}), 'ended with null');
});

test('they are run, and so are red, where the servers are required', () =>
  assert.equal(whyWithout(missing, { LAB_REQUIRE_SERVERS: '1' }), false));

test('tests of a server that is there are run', () =>
  assert.equal(whyWithout({ status: 0, stderr: '' }, {}), false));
