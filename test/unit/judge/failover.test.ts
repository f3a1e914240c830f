import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import { answeredIn, inOrderOfEnding, type RecordedRun } from '../../support/recorded-run.ts';
import { assertFound, found, noted } from '../../support/told-run.ts';

describe('the judge of a failover', () => {
  const notes = ({ fence, by }: { fence: number; by: string }) => ({
    killed: [10, { holder: by, fence }] as [number, FaultEvent['details']],
    promoted: [15, { server: 'redis-2' }] as [number, FaultEvent['details']],
    'newest fence there': [16, { fence: fence - 1 }] as [number, FaultEvent['details']],
  });
  const refusing = (events: readonly RunEvent[], fence: number) =>
    events.map((event) =>
      isDecidedCommit(event) && event.fence === fence ? { ...event, outcome: 'fenced' as const } : event,
    );

  it('passes when the grant that nobody else had came to nothing', () => {
    assert.equal(found(noted('redis-failover', notes, refusing))?.verdict, 'pass');
  });

  it('fails when that grant was good for a write on the new primary', () => {
    assert.equal(found(noted('redis-failover', notes))?.verdict, 'fail');
  });

  it('fails when the next fence is not newer', () => {
    const falling = noted('redis-failover', notes, (events, fence) =>
      refusing(events, fence).map((event) =>
        event.event === 'granted' && event.fence > fence ? { ...event, fence: fence - 1 } : event,
      ),
    );
    assert.equal(found(falling)?.verdict, 'fail');
  });

  it('does not know when the fill under that grant never came', () => {
    const never = noted('redis-failover', notes, (events, fence) =>
      events.filter(
        (event) => !((isDecidedCommit(event) || event.event === 'committing') && event.fence === fence),
      ),
    );
    assert.equal(found(never)?.verdict, 'unknown');
  });

  it('does not know when nobody was promoted, or when the replica had the grant', () => {
    assert.equal(found(noted('redis-failover', () => ({}), refusing))?.verdict, 'unknown');
    const known = noted(
      'redis-failover',
      (grant) => ({ ...notes(grant), 'newest fence there': [16, { fence: grant.fence }] }),
      refusing,
    );
    assert.equal(found(known)?.verdict, 'unknown');
  });

  it('knows under WAIT that the replica had the grant when the holder had committed there before the look', () => {
    const run = noted('redis-failover', (grant) => ({
      ...notes(grant),
      'newest fence there': [16, { fence: grant.fence + 1 }],
    }));
    assert.equal(found(run)?.verdict, 'fail');
    const settings = { ...run.facts.settings, waitReplicas: 1 };
    assert.equal(found({ ...run, facts: { ...run.facts, settings } })?.verdict, 'pass');
  });
});

describe('the judge of a failover that loses a write', () => {
  const THERE = 'newest there';
  const notes = ({ fence, by }: { fence: number; by: string }) => ({
    killed: [300, { holder: by, fence }] as [number, FaultEvent['details']],
    promoted: [310, { server: 'redis-2' }] as [number, FaultEvent['details']],
    [THERE]: [311, { fence, version: 1 }] as [number, FaultEvent['details']],
  });
  const unanswered = (events: readonly RunEvent[], fence: number) =>
    events.map((event) =>
      isDecidedCommit(event) && event.fence === fence
        ? { ...event, outcome: 'unknown' as const, why: 'only 0 of 1 Redis replicas had the write' }
        : event,
    );
  const lossy = (
    spoil?: (events: readonly RunEvent[], fence: number) => readonly RunEvent[],
    details?: FaultEvent['details'],
  ) =>
    noted(
      'failover-loses-write',
      (grant) => ({
        ...notes(grant),
        ...(details && { [THERE]: [311, { fence: grant.fence, version: 1, ...details }] }),
      }),
      spoil,
    );
  const waitingForAll = (run: RecordedRun) => {
    const settings = { ...run.facts.settings, waitReplicas: 1, waitFor: 'all' as const };
    return { ...run, facts: { ...run.facts, settings } };
  };

  /** The holder sends its write again to the new primary, so many ms after its grant. */
  const sentAgain =
    (before: (...of: Parameters<typeof unanswered>) => readonly RunEvent[], afterMs = 320) =>
    (events: readonly RunEvent[], fence: number) => {
      const grant = events.find((event) => event.event === 'granted' && event.fence === fence);
      const write = events.find((event) => isDecidedCommit(event) && event.fence === fence);
      assert.ok(grant?.event === 'granted' && write && isDecidedCommit(write));
      const again = { ...write, op: 900, at: grant.at + afterMs, storeAt: grant.storeAt + afterMs };
      const { at, by, key, version } = again;
      const sending = {
        event: 'committing' as const,
        at: at - 1,
        by,
        key,
        op: 900,
        version,
        fence,
        replaces: 1,
      };
      return [...before(events, fence), sending, again] as readonly RunEvent[];
    };

  it('passes when an acknowledged write is lost, since nothing waited for the replicas', () =>
    assertFound(lossy(), 'pass'));

  it('fails when a write was acknowledged and lost that had to wait for them', () =>
    assertFound(waitingForAll(lossy()), 'fail'));

  it('passes when that write was not acknowledged', () =>
    assertFound(waitingForAll(lossy(unanswered)), 'pass'));

  it('does not know when a write that waits for nothing got no answer, sent again or not', () => {
    assertFound(lossy(unanswered), 'unknown');
    assertFound(lossy(sentAgain(unanswered)), 'unknown');
  });

  it('fails when the next write is not newer', () => {
    const falling = (events: readonly RunEvent[], fence: number) =>
      events.map((event) =>
        isDecidedCommit(event) && event.fence > fence ? { ...event, fence: fence - 1 } : event,
      );
    assertFound(lossy(falling), 'fail');
  });

  it('passes a write that was not acknowledged and is sent again, before or after the look', () => {
    assertFound(waitingForAll(lossy(sentAgain(unanswered))), 'pass');
    assertFound(waitingForAll(lossy(sentAgain(unanswered, 305), { fence: 2 ** 50, version: 2 })), 'pass');
  });

  it('fails when an acknowledged write is sent again', () =>
    assertFound(lossy(sentAgain((events) => events)), 'fail'));

  it('does not know when the write was refused before the blow', () =>
    assertFound(
      lossy((events, fence) =>
        events.map((event) =>
          isDecidedCommit(event) && event.fence === fence ? { ...event, outcome: 'fenced' as const } : event,
        ),
      ),
      'unknown',
    ));

  it('does not know when the promoted replica had the write, had not the grant, or when nobody was promoted', () => {
    assertFound(lossy(undefined, { version: 2 }), 'unknown');
    assertFound(lossy(undefined, { fence: 5 }), 'unknown');
    assertFound(
      noted('failover-loses-write', () => ({})),
      'unknown',
    );
  });
});

describe('a write without a reply that nobody saw', () => {
  const outcome = (sentAfterMs: number) => {
    const notes = ({ fence, by }: { fence: number; by: string }) => ({
      killed: [50, { holder: by, fence }] as [number, FaultEvent['details']],
    });
    const run = noted('redis-failover', notes, (events, fence) => {
      const grant = events.find((event) => event.event === 'granted' && event.fence === fence);
      assert.ok(grant);
      const sent: RunEvent = {
        ...{ at: grant.at + sentAfterMs, by: grant.by, event: 'committing', key: 'hot' },
        ...{ op: 900, version: 900, fence: Number.MAX_SAFE_INTEGER, replaces: 1 },
      };
      return [...events, sent];
    });
    return evidenceFrom(run).operations.commits.find(({ version }) => version === 900)?.outcome;
  };

  it('is lost with the primary if it was sent before', () => assert.equal(outcome(40), 'absent'));

  it('is open if it was sent afterwards, though the fault was healed later still', () =>
    assert.equal(outcome(100), 'open'));
});

describe('the judge of a partition', () => {
  const LONG = 60_000;
  /** The second holder is on the old primary's side, for so long. */
  const notes =
    (apartMs: number) =>
    ({ by, at }: { by: string; at: number }) => ({
      promoted: [1, { server: 'redis-2' }] as [number, FaultEvent['details']],
      rejoined: [LONG, { [by]: at + apartMs }] as [number, FaultEvent['details']],
      demoted: [LONG, {}] as [number, FaultEvent['details']],
    });
  const itself = (by: string) => [by];

  it('passes when only the new primary was written to, since the old one takes no writes without its replicas', () => {
    const refusing = noted('partition', notes(0));
    const settings = { ...refusing.facts.settings, minReplicas: 1 };
    assert.equal(found({ ...refusing, facts: { ...refusing.facts, settings } })?.verdict, 'pass');
  });

  it('does not know when the old primary could be written to, and nobody was there', () => {
    assert.equal(found(noted('partition', notes(0)))?.verdict, 'unknown');
  });

  it('fails when what the old primary took is seen after the heal', () => {
    assert.equal(found(noted('partition', notes(300), undefined, itself))?.verdict, 'fail');
  });

  it('takes nobody for late whose fence the other side minted as well, in the same millisecond', () => {
    const bothSides = noted(
      'partition',
      ({ at }) => ({ ...notes(LONG)({ by: 'app-near', at }), promoted: [-10, { server: 'redis-2' }] }),
      (events, fence) =>
        events.flatMap((event) =>
          (event.event === 'granted' || event.event === 'commit') && event.fence === fence
            ? [event, { ...event, by: 'app-near', ...(isDecidedCommit(event) && { version: 900 }) }]
            : [event],
        ),
      () => ['app-near'],
    );
    assert.equal(found(bothSides)?.verdict, 'pass', found(bothSides)?.detail);
  });

  it('does not know when there never were two primaries', () => {
    assert.equal(found(noted('partition', () => ({})))?.verdict, 'unknown');
  });

  it('holds each side to an order of its own, and everybody to one where there is but one side', () => {
    const order = (recording: RecordedRun, near: string) => {
      const since = evidenceFrom(recording).struck[0]?.timeline.injectedWallMs ?? 0;
      const others = recording.arrivals.filter(({ by }) => by === near);
      const [first] = answeredIn({ arrivals: others });
      assert.ok(first);
      const far = {
        ...first,
        by: 'app-far',
        version: 999,
        dueAt: since + 1,
        sentAt: since + 1,
        endedAt: since + 2,
      };
      const checks = findingsOf(evidenceFrom({ ...recording, arrivals: inOrderOfEnding([...others, far]) }));
      return checks.find(({ name }) => name === 'monotonic reads')?.verdict;
    };
    const cut = noted('partition', notes(LONG), undefined, itself);
    const [near = ''] = evidenceFrom(cut).struck[0]?.timeline.near ?? [];
    assert.equal(order(cut, near), 'pass');
    assert.equal(order(noted('partition', notes(LONG)), near), 'fail');
  });
});
