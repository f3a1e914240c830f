import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { abandoned, type Labelled, ownerVariables } from '../../../cluster/compose/ownership.ts';

const mine = ownerVariables().LAB_OWNER ?? '';
const altered = (changes: object) =>
  encodeURIComponent(JSON.stringify({ ...JSON.parse(decodeURIComponent(mine)), ...changes }));
const dead = altered({ startedAt: '1' });
const project = 'dogpile-0123abcd';
const found = (changes: Partial<Labelled>): Labelled => ({
  project,
  owner: dead,
  description: '',
  ...changes,
});

describe('a project of containers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  after(() => rmSync(folder, { recursive: true }));
  const description = join(folder, 'cluster.json');

  it('is abandoned when its lab is dead, however many containers and networks it has', () =>
    assert.deepEqual(abandoned([found({}), found({})]), [project]));

  it('is spared while its lab lives', () => assert.deepEqual(abandoned([found({ owner: mine })]), []));

  it('is spared when a description names it, and only then', () => {
    assert.deepEqual(abandoned([found({ description })]), [project], 'make up was killed');
    writeFileSync(description, JSON.stringify({ project: 'dogpile-ffffffff' }));
    assert.deepEqual(abandoned([found({ description })]), [project], 'another cluster');
    writeFileSync(description, JSON.stringify({ project }));
    assert.deepEqual(abandoned([found({ description })]), []);
    writeFileSync(description, '{"proj');
    assert.deepEqual(abandoned([found({ description })]), [], 'a damaged one may name it');
  });

  it("is spared when it is the user's own, or of a lab whose processes are not ours to see", () => {
    assert.deepEqual(abandoned([found({ project: 'dogpile' })]), []);
    assert.deepEqual(abandoned([found({ project: 'dogpile-test-0123abcd' })]), []);
    assert.deepEqual(abandoned([found({ owner: '' })]), []);
    assert.deepEqual(abandoned([found({ owner: 'no owner' })]), []);
    assert.deepEqual(abandoned([found({ owner: altered({ startedAt: '1', pidNamespace: 'pid:[1]' }) })]), []);
  });

  it('is abandoned after a restart of the machine', () =>
    assert.deepEqual(abandoned([found({ owner: altered({ boot: 'earlier' }) })]), [project]));
});
