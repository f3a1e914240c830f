import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Commit, Recompute } from '../../../../faults/support/evidence.ts';
import { withReplaced } from '../../../../judge/foreign/replaced.ts';

const TTL_MS = 2000;
const LOST_AT = 5000;

const recompute = (version: number, replaces: number, beganWallMs: number): Recompute => ({
  ...{ id: version, version, by: 'app-1', replaces, beganWallMs },
});
const storedAt = (version: number, atWallMs: number): Commit => ({
  ...{ version, by: 'app-1', atWallMs, atStoreMs: atWallMs, fence: 0, accepted: true },
});

/** Gives when each recompute is taken to have looked, by its version. The service names what it replaces: 0, after a loss. */
function looksOf(recomputes: readonly Recompute[], lostWallMs: readonly number[]) {
  const attributed = withReplaced({
    ...{ recomputes, lostWallMs, settings: { ttlMs: TTL_MS, ttlJitter: 0 } },
    calls: recomputes.map(({ beganWallMs: at, ...one }) => ({
      ...{ event: 'begin' as const, key: 'hot', ...one, at, arrivedAt: at },
    })),
    stored: [storedAt(1, 600), storedAt(2, 3200), storedAt(3, 5700)],
    shownTo: () => ({ newest: 0, lastSentWallMs: 0 }),
  });
  return new Map(attributed.map(({ version, seenStoreMs }) => [version, seenStoreMs]));
}

describe('a service that names no version since its store was emptied', () => {
  const cold = recompute(1, 0, 0);
  const before = [cold, recompute(2, 1, 2600), recompute(3, 0, LOST_AT + 100)];

  it('asks for the first time after the loss, and not late for the cold start', () => {
    const looks = looksOf([...before, recompute(4, 0, 6100)], [LOST_AT, 6000]);
    assert.equal(looks.get(3), LOST_AT + 100);
    assert.equal(looks.get(4), 6100);
  });

  it('is late for the fill after the loss if it asks once more without another', () => {
    const look = Number(looksOf([...before, recompute(4, 0, 6100)], [LOST_AT]).get(4));
    assert.ok(look < 5700 && look > LOST_AT + 100, `${look}`);
  });
});
