import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Recording } from '../../../judge/evidence.ts';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { Arrival } from '../../../record/arrival.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import type { RunEvent } from '../../../record/facts.ts';
import { inOrderOfEnding } from '../../support/recorded-run.ts';
import { found, told } from '../../support/told-run.ts';

/** The whole write: without its decision alone, what others saw of it would settle it. */
const commitOf = (event: RunEvent, fence: number) =>
  (event.event === 'committing' || isDecidedCommit(event)) && event.fence === fence;

describe('the judge of a fault', () => {
  it('does not know when the fault was never injected', () => {
    const none = told('kill-holder', (events) => events.filter(({ event }) => event !== 'fault'));
    assert.equal(found(none)?.verdict, 'unknown');
  });

  it('does not know when the victim had committed before it was hit', () => {
    for (const name of [
      'kill-holder',
      'kill-refresher',
      'pause-holder',
      'redis-down',
      'lost-wakeups',
      'redlock-nodes-down',
      'redlock-amnesia',
    ]) {
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

  /** The second grant's holder killed, and another granted so much later; `served`: how those were who asked meanwhile. */
  function refresherKilled(takenOverAfterMs: number | undefined, served: 'stale' | 'waited'): Recording {
    const recording = told('kill-refresher', (events, fence) =>
      events.flatMap((event): RunEvent[] => {
        if (event.event === 'granted' && event.fence > fence) return [];
        if (event.event === 'committing' && event.fence === fence) return [];
        if (!isDecidedCommit(event) || event.fence !== fence) return [event];
        if (takenOverAfterMs === undefined) return [];
        const storeAt = event.storeAt + takenOverAfterMs;
        const { at, key } = event;
        const grant = {
          event: 'granted' as const,
          by: 'refresher-2',
          at,
          key,
          fence: fence + 1,
          storeAt,
          token: 't',
        };
        return [grant, { ...event, by: 'refresher-2', fence: fence + 1, storeAt: storeAt + 1 }];
      }),
    );
    const settings = { ...recording.facts.settings, refreshIntervalMs: 100 };
    const arrivals = recording.arrivals.map((arrival) =>
      arrival.served === 'waited' ? { ...arrival, served } : arrival,
    );
    return { ...recording, arrivals, facts: { ...recording.facts, settings } };
  }

  it('passes a killed refresher whom another follows within a lease and a tick, when nobody waited', () =>
    assert.equal(found(refresherKilled(500, 'stale'))?.verdict, 'pass'));

  it('fails a killed refresher whom nobody follows, or too late, and one for whom requests waited', () => {
    assert.equal(found(refresherKilled(undefined, 'stale'))?.verdict, 'fail');
    assert.equal(found(refresherKilled(1500, 'stale'))?.verdict, 'fail');
    assert.equal(found(refresherKilled(500, 'waited'))?.verdict, 'fail');
  });

  it('fails a late commit that was accepted over a newer value', () => {
    const overwrite = told('pause-holder', (events, fence) =>
      events.map((event) =>
        isDecidedCommit(event) && event.fence === fence
          ? { ...event, storeAt: event.storeAt + 60_000 }
          : event,
      ),
    );
    assert.equal(found(overwrite)?.verdict, 'fail');
  });

  it('passes a late commit that was refused', () => {
    const refused = told('pause-holder', (events, fence) =>
      events.map((event) =>
        isDecidedCommit(event) && event.fence === fence
          ? { ...event, outcome: 'fenced' as const, storeAt: event.storeAt + 60_000 }
          : event,
      ),
    );
    assert.equal(found(refused)?.verdict, 'pass');
  });

  for (const [outcome, verdict] of [
    ['fenced', 'pass'],
    ['accepted', 'fail'],
  ] as const)
    it(`${verdict === 'pass' ? 'passes' : 'fails'} a second holder beside the first, whose commit was ${outcome}`, () => {
      const forgotten = told('redlock-amnesia', (events, fence) =>
        events.flatMap((event): RunEvent[] => {
          if (event.event === 'granted' && event.fence === fence)
            return [event, { ...event, by: 'app-9', fence: fence + 1, storeAt: event.storeAt + 1 }];
          if (isDecidedCommit(event) && event.fence === fence)
            return [
              { ...event, outcome },
              { ...event, by: 'app-9', fence: fence + 1, outcome: 'accepted', storeAt: event.storeAt + 1 },
            ];
          return [event];
        }),
      );
      assert.equal(found(forgotten)?.verdict, verdict);
    });

  for (const [recomputes, verdict] of [
    [1, 'pass'],
    [2, 'fail'],
  ] as const)
    it(`${verdict === 'pass' ? 'passes' : 'fails'} ${recomputes} recompute an expiry with two lock servers down`, () => {
      const recording = told('redlock-nodes-down', (events) =>
        events.map((event) =>
          event.event === 'fault' && event.phase === 'healed' ? { ...event, at: event.at + 60_000 } : event,
        ),
      );
      const again = recording.ledger.flatMap((line) =>
        recomputes === 2 && line.event === 'begin' ? [{ ...line, id: line.id + 1000 }] : [],
      );
      assert.equal(found({ ...recording, ledger: [...recording.ledger, ...again] })?.verdict, verdict);
    });

  /** The second grant's commit refused, after another replica had been granted; which commits at last, if it may. */
  function overlapped(more: (grant: RunEvent & { event: 'granted' }) => RunEvent[]): Recording {
    return told('pause-holder-overlap', (events, fence) =>
      events.flatMap((event): RunEvent[] => {
        if (!isDecidedCommit(event) || event.fence !== fence) return [event];
        const { at, storeAt } = event;
        const grant = {
          event: 'granted' as const,
          key: 'hot',
          by: 'app-9',
          at: at - 10,
          storeAt: storeAt - 10,
          fence: fence + 1,
          token: 'app-9:t',
        };
        return [grant, { ...event, outcome: 'fenced' }, ...more(grant)];
      }),
    );
  }
  const committed = (grant: RunEvent & { event: 'granted' }, version = 2): RunEvent => ({
    event: 'commit',
    op: 900,
    key: 'hot',
    by: grant.by,
    at: grant.at + 200,
    storeAt: grant.storeAt + 200,
    fence: grant.fence,
    version,
    outcome: 'accepted',
  });

  it('passes a late commit refused while the next holder works, undisturbed', () => {
    assert.equal(found(overlapped((grant) => [committed(grant)]))?.verdict, 'pass');
  });

  it('fails a late holder who lets a third one in while the next one works, whatever that one commits', () => {
    for (const nextOnesToo of [false, true]) {
      const third = overlapped((grant) => {
        const other = { ...grant, by: 'app-8', at: grant.at + 20, storeAt: grant.storeAt + 20 };
        const late = { ...other, fence: grant.fence + 1 };
        return [
          late,
          committed(late),
          ...(nextOnesToo ? [committed({ ...grant, storeAt: grant.storeAt + 90 }, 3)] : []),
        ];
      });
      assert.equal(found(third)?.verdict, 'fail');
    }
  });

  it('fails a next holder who never commits', () => {
    assert.equal(found(overlapped(() => []))?.verdict, 'fail');
  });

  it('does not know when the late commit came before the next grant, or after its commit', () => {
    assert.equal(found(told('pause-holder-overlap'))?.verdict, 'unknown');
    const after = overlapped((grant) => {
      const commit = committed(grant) as RunEvent & { event: 'commit' };
      return [{ ...commit, storeAt: grant.storeAt + 5 }];
    });
    assert.equal(found(after)?.verdict, 'unknown');
  });

  it('holds the expiries that the fault did not touch to the claim', () => {
    const recording = told('kill-holder');
    const last = evidenceFrom(recording).cycles[2]?.recomputes[0];
    assert.ok(last?.seenStoreMs);
    const again = {
      event: 'begin' as const,
      key: 'hot',
      by: 'app-2',
      arrivedAt: last.beganWallMs,
      id: 900,
      version: 900,
    };
    const ledger = [
      ...recording.ledger,
      { ...again, at: last.beganWallMs + 1, seenAt: last.seenStoreMs + 1 },
    ];
    const checks = findingsOf(evidenceFrom({ ...recording, ledger }));
    assert.equal(checks.find(({ name }) => name === 'recomputes per expiry')?.verdict, 'fail');
  });
});

describe('the errors that a killed holder accounts for', () => {
  const verdict = (error: (killedAt: number) => Partial<Arrival>) => {
    const recording = told('kill-holder');
    const planned = recording.events.find((event) => event.event === 'fault') ?? assert.fail();
    assert.ok(planned.event === 'fault');
    const to = planned.victim;
    const at = planned.at;
    const failed: Arrival = {
      dueAt: at - 20,
      sentAt: at - 20,
      endedAt: at + 1,
      ending: 'error',
      to,
      ...error(at),
    };
    const arrivals = inOrderOfEnding([...recording.arrivals, failed]);
    const facts = { ...recording.facts, herd: { ...recording.facts.herd, scheduled: arrivals.length } };
    const found = findingsOf(evidenceFrom({ ...recording, facts, arrivals }));
    return found.find(({ name }) => name === 'every request accounted for')?.verdict;
  };

  it('are broken connections to the victim since the blow', () => {
    assert.equal(
      verdict(() => ({})),
      'pass',
    );
    assert.equal(
      verdict((at) => ({ dueAt: at + 100, sentAt: at + 100, endedAt: at + 101 })),
      'pass',
    );
  });

  it('are no answers of the victim, nothing before the blow or after the healing, and nothing of another', () => {
    assert.equal(
      verdict(() => ({ status: 502 })),
      'fail',
    );
    assert.equal(
      verdict((at) => ({ endedAt: at - 1 })),
      'fail',
    );
    assert.equal(
      verdict((at) => ({ dueAt: at + 1000, sentAt: at + 1000, endedAt: at + 1001 })),
      'fail',
    );
    assert.equal(
      verdict(() => ({ to: 'app-9' })),
      'fail',
    );
  });
});
