import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const good = await recordedRun('lock-run');
const { ttlMs } = good.facts.settings;
const second =
  good.events.filter(isDecidedCommit).find(({ key, version }) => key === 'hot' && version === 2) ??
  assert.fail();

const found = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check);

/** The run with its second version stored once more, so long after the first time, and answered until 20 ms after that. */
function storedAgain(afterMs: number): Recording {
  const again = { at: second.at + afterMs, storeAt: second.storeAt + afterMs };
  const [model] = good.arrivals.filter(({ version, served }) => version === 2 && served === 'hit');
  assert.ok(model);
  const sentAt = again.storeAt + 20;
  return {
    ...good,
    events: [...good.events, { ...second, ...again, op: 900, fence: second.fence + 1 }],
    arrivals: [...good.arrivals, { ...model, dueAt: sentAt, sentAt, endedAt: sentAt + 1 }],
  };
}

describe('a version that is stored again', () => {
  const again = storedAgain(ttlMs + 50);

  it('does not get younger: its TTL counts from the first time', () => {
    assert.equal(found(good, 'staleness bound')?.verdict, 'pass');
    assert.equal(found(again, 'staleness bound')?.verdict, 'fail');
  });

  it('fails the run, fenced or not, even before it is stale', () => {
    const soon = storedAgain(50);
    assert.equal(found(good, 'every recompute explained')?.verdict, 'pass');
    assert.equal(found(soon, 'fencing order')?.verdict, 'fail');
    const claim = strategyNamed('none')?.claim;
    assert.ok(claim);
    const unfenced = { ...soon, claim };
    assert.equal(found(unfenced, 'fencing order'), undefined);
    const finding = found(unfenced, 'every recompute explained');
    assert.equal(finding?.verdict, 'fail');
    assert.match(finding?.detail ?? '', /^version 2 was stored again by app-\d/);
  });
});
