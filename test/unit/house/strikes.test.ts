import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from '../../../faults/index.ts';
import { PARAMETERS } from '../../../lab/parameters/parameters.ts';
import { loadFault } from '../../../lab/run/load-fault.ts';

test('every fault has its other half, which plans, hits and heals', async () => {
  for (const { name } of faults) {
    const { strike } = await loadFault(name);
    for (const step of ['plan', 'hit', 'heal'] as const) assert.equal(typeof strike[step], 'function', name);
  }
});

test('every preset and need of a fault is a parameter', () => {
  for (const { name, presets, needs = {} } of faults)
    for (const parameter of Object.keys({ ...presets, ...needs }))
      assert.ok(parameter in PARAMETERS, `${name}: ${parameter}`);
});
