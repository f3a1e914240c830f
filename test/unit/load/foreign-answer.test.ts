import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readForeignAnswer } from '../../../load/foreign-answer.ts';
import { flawOf } from '../../../record/files/arrival-shape.ts';

const IN_BODY = { steps: ['version'] };

const read = (body: string, versionAt: Parameters<typeof readForeignAnswer>[1] = IN_BODY, headers = {}) =>
  readForeignAnswer({ body, headers, to: 'a' }, versionAt);

describe("an answer of a user's own service", () => {
  it('has its version where it was said to be', () => {
    assert.equal(read('{"version":7}').version, 7);
    assert.equal(read('{"version":"7"}').version, 7);
    assert.equal(read('{"data":[{"v":7}]}', { steps: ['data', '0', 'v'] }).version, 7);
    assert.equal(read('<html>', { header: 'x-version' }, { 'X-Version': '7' }).version, 7);
  });

  it('has no version where there is none, or no whole number', () => {
    for (const body of [
      '',
      'error',
      'null',
      '7',
      '{}',
      '{"version":-1}',
      '{"version":1.5}',
      '{"version":"7a"}',
      '{"version":null}',
      '{"version":[7]}',
      '{"version":1e300}',
    ])
      assert.deepEqual(read(body), { by: 'a', served: 'answered', why: 'no version' }, body);
    assert.equal(read('{"version":7}', { steps: ['constructor', 'length'] }).version, undefined);
    assert.equal(read('{"version":7}', { header: 'x-version' }).version, undefined);
  });

  // A value that lies in the store with the name of whoever made it is served by all.
  it('is of whom it was asked, whatever name it has', () => {
    for (const by of ['"b"', '"c"', '7', '{}', '"__proto__"'])
      assert.equal(read(`{"version":7,"by":${by}}`).by, 'a');
  });

  it("is served as it says, in the strategies' words alone", () => {
    assert.equal(read('{"version":7,"served":"stale"}').served, 'stale');
    for (const served of ['"fresh"', 'true', '"constructor"', '["hit"]'])
      assert.equal(read(`{"version":7,"served":${served}}`).served, 'answered');
  });

  it('never breaks the herd or its history, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
        fc.oneof(fc.record({ steps: fc.array(fc.string()) }), fc.record({ header: fc.string() })),
        (body, headers, versionAt) => {
          const arrival = {
            dueAt: 1,
            sentAt: 1,
            endedAt: 2,
            ending: 'ok',
            status: 200,
            ...read(body, versionAt, headers),
          };
          assert.equal(flawOf(JSON.parse(JSON.stringify(arrival))), undefined);
        },
      ),
    );
  });
});
