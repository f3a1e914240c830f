import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathInTurn } from '../../../load/turns.ts';

const first = (count: number) => Array.from({ length: count }, (_, index) => index);

test('whatever the numbers of paths and targets, each path meets each target once before any does again', () => {
  for (const paths of [1, 2, 3, 4, 6, 9, 200])
    for (const targets of [1, 2, 3, 4, 8]) {
      const pairs = first(paths * targets).map(
        (connection) => `${pathInTurn(connection, paths, targets)} at ${connection % targets}`,
      );
      assert.equal(new Set(pairs).size, paths * targets, `${paths} paths, ${targets} targets`);
    }
});

test('a round has every path', () => {
  for (const targets of [1, 3, 4]) {
    const round = first(200).map((connection) => pathInTurn(connection, 200, targets));
    assert.deepEqual(
      round.sort((a, b) => a - b),
      first(200),
    );
  }
});
