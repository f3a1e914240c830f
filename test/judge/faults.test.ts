import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { evidenceFrom } from '../../lab/checks/evidence.ts';
import { judge } from '../../lab/checks/index.ts';
import { faultNamed } from '../../lab/faults/index.ts';
import type { FaultEvent } from '../../lab/faults/timeline.ts';
import { type Recording, type RunEvent, readRecording } from '../../lab/recording.ts';

const quiet = await readRecording(fileURLToPath(new URL('../fixtures/lock-run', import.meta.url)));

/** The quiet run, told as if this fault had befallen its second grant. */
function told(
  name: string,
  spoil: (events: readonly RunEvent[], fence: number) => readonly RunEvent[] = (events) => events,
): Recording {
  const grants = quiet.events.flatMap((event) =>
    event.event === 'granted' && event.key === 'hot' ? [event] : [],
  );
  const grant = grants[1];
  assert.ok(grant);
  const phase = (phase: FaultEvent['phase'], at: number): FaultEvent => ({
    at,
    by: 'lab',
    event: 'fault',
    fault: name,
    phase,
    victim: grant.by,
    fence: grant.fence,
  });
  const events = spoil(
    [...quiet.events, phase('injected', grant.at + 5), phase('healed', grant.at + 400)],
    grant.fence,
  );
  const facts = { ...quiet.facts, settings: { ...quiet.facts.settings, fault: name } };
  return { ...quiet, facts, events, fault: faultNamed(name) };
}

const found = (recording: Recording) =>
  judge(evidenceFrom(recording)).find(({ name }) => name === 'fault hit and answered');
const commitOf = (event: RunEvent, fence: number) => event.event === 'commit' && event.fence === fence;

describe('the judge of a fault', () => {
  it('does not know when the fault was never injected', () => {
    const none = told('kill-holder', (events) => events.filter(({ event }) => event !== 'fault'));
    assert.equal(found(none)?.verdict, 'unknown');
  });

  it('does not know when the victim had committed before it was hit', () => {
    for (const name of ['kill-holder', 'pause-holder', 'redis-down', 'lost-wakeups']) {
      assert.equal(found(told(name))?.verdict, 'unknown', name);
    }
  });

  it('fails a killed holder whom nobody follows', () => {
    const alone = told('kill-holder', (events, fence) =>
      events.filter(
        (event) =>
          !commitOf(event, fence) &&
          !((event.event === 'granted' || event.event === 'commit') && event.fence > fence),
      ),
    );
    assert.equal(found(alone)?.verdict, 'fail');
  });

  it('fails a take-over that comes later than the lease allows', () => {
    // The next grant of the quiet run came a whole TTL later.
    const late = told('kill-holder', (events, fence) => events.filter((event) => !commitOf(event, fence)));
    assert.equal(found(late)?.verdict, 'fail');
  });

  it('fails a late commit that was accepted over a newer value', () => {
    const overwrite = told('pause-holder', (events, fence) =>
      events.map((event) =>
        event.event === 'commit' && event.fence === fence
          ? { ...event, storeAt: event.storeAt + 60_000 }
          : event,
      ),
    );
    assert.equal(found(overwrite)?.verdict, 'fail');
  });

  it('passes a late commit that was refused', () => {
    const refused = told('pause-holder', (events, fence) =>
      events.map((event) =>
        event.event === 'commit' && event.fence === fence
          ? { ...event, outcome: 'fenced' as const, storeAt: event.storeAt + 60_000 }
          : event,
      ),
    );
    assert.equal(found(refused)?.verdict, 'pass');
  });

  it('holds the expiries that the fault did not touch to the claim', () => {
    const recording = told('kill-holder');
    const last = evidenceFrom(recording).cycles[2]?.recomputes[0];
    assert.ok(last?.seenAt);
    const again = {
      event: 'begin' as const,
      key: 'hot',
      by: 'app-2',
      arrivedAt: last.at,
      id: 900,
      version: 900,
    };
    const ledger = [...recording.ledger, { ...again, at: last.at + 1, seenAt: last.seenAt + 1 }];
    const checks = judge(evidenceFrom({ ...recording, ledger }));
    assert.equal(checks.find(({ name }) => name === 'recomputes per expiry')?.verdict, 'fail');
  });
});
