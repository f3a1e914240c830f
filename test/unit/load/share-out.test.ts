import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shareOut } from '../../../load/share-out.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('sharing out', () => {
  it('gives every target an even share and moves nobody without need', () => {
    const anyTargets = fc.subarray(names, { minLength: 1 });
    const anyMembers = fc.array(fc.constantFrom(...names), { maxLength: 60 });
    fc.assert(
      fc.property(anyMembers, anyTargets, (placed, targets) => {
        const members = placed.map((on, id) => ({ id, on }));
        const moves = shareOut(members, targets, ({ on }, target) => on === target);
        const after = members.map((member) => moves.get(member) ?? member.on);
        const counts = targets.map((target) => after.filter((on) => on === target).length);
        assert.equal(
          counts.reduce((a, b) => a + b, 0),
          members.length,
        );
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
        const most = Math.ceil(members.length / targets.length);
        const homeless = placed.filter((on) => !targets.includes(on)).length;
        const surplus = targets.map((target) => placed.filter((on) => on === target).length);
        const needless = surplus.reduce((sum, count) => sum + Math.max(0, count - most + 1), homeless);
        assert.ok(moves.size <= needless, `${moves.size} moves, ${needless} needed at most`);
      }),
    );
  });

  it('takes from all along the list, so that no stretch of it is on one target', () => {
    const members = Array.from({ length: 40 }, (_, id) => ({ id }));
    const moves = shareOut(members, ['old', 'new'], (_, target) => target === 'old');
    for (let from = 0; from < 40; from += 4) {
      const moved = members.slice(from, from + 4).filter((member) => moves.get(member) === 'new');
      assert.equal(moved.length, 2);
    }
  });
});
