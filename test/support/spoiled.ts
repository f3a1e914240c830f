import assert from 'node:assert/strict';
import { isDecidedCommit } from '../../record/events.ts';
import type { RunEvent } from '../../record/facts.ts';
import type { FaultEvent } from '../../record/fault-events.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import type { RecordedRun } from './recorded-run.ts';

/** Spoils the events of a run. `fence`: of the grant that the fault befell. */
export type Spoil = (events: readonly RunEvent[], fence: number) => readonly RunEvent[];

/** Puts several spoils one after another. */
export const all =
  (...spoils: readonly Spoil[]): Spoil =>
  (events, fence) =>
    spoils.reduce((spoiled, spoil) => spoil(spoiled, fence), events);

const isWriteUnder = (event: RunEvent, fence: number) =>
  (event.event === 'committing' || isDecidedCommit(event)) && event.fence === fence;

/** The victim's write was lost. */
export const writeLost: Spoil = (events, fence) => events.filter((event) => !isWriteUnder(event, fence));

/** The store decided otherwise on the victim's write, so many ms later. */
export const writeDecided =
  (outcome: 'accepted' | 'fenced', laterMs = 0): Spoil =>
  (events, fence) =>
    events.map((event) =>
      isDecidedCommit(event) && event.fence === fence
        ? { ...event, outcome, at: event.at + laterMs, storeAt: event.storeAt + laterMs }
        : event,
    );

/** Nobody was granted the lease, or wrote, after the victim. */
export const nobodyAfter: Spoil = (events, fence) =>
  events.filter((event) => !((event.event === 'granted' || event.event === 'commit') && event.fence > fence));

/** Another was granted the lease so many ms after the victim's grant, and wrote 50 ms later (or never). */
export const takenOverAfter =
  (ms: number, { by = 'app-9', nth = 1, commits = true } = {}): Spoil =>
  (events, fence) => {
    const grant = events.find((event) => event.event === 'granted' && event.fence === fence);
    assert.ok(grant?.event === 'granted');
    const moment = { by, key: 'hot', at: grant.at + ms, storeAt: grant.storeAt + ms, fence: fence + nth };
    const write = { ...moment, at: moment.at + 50, storeAt: moment.storeAt + 50 };
    const next: RunEvent[] = [
      { ...moment, event: 'granted', token: `${by}:t` },
      ...(commits
        ? [
            {
              ...write,
              event: 'commit' as const,
              op: 900 + nth,
              version: 900 + nth,
              outcome: 'accepted' as const,
            },
          ]
        : []),
    ];
    return [...events, ...next];
  };

/** What the lab saw of the victim's commit that had been held: executed so long after its grant, and what was stored then. */
export const lateCommitSeen =
  (ms: number, storedFence: (victims: number) => number): Spoil =>
  (events, fence) => {
    const grant = events.find((event) => event.event === 'granted' && event.fence === fence);
    assert.ok(grant?.event === 'granted');
    const told = events.find((event) => event.event === 'fault');
    assert.ok(told?.event === 'fault');
    const details = { storeAt: grant.storeAt + ms, fence: storedFence(fence), version: 1 };
    const note: FaultEvent = {
      ...{ at: grant.at + ms + 5, by: 'lab', event: 'fault', fault: told.fault, phase: 'noted' },
      ...{ victim: grant.by, fence, what: 'late commit', details },
    };
    return [...events, note];
  };

/** A step of the fault came so many ms later. */
export const stepLater =
  (phase: FaultEvent['phase'], ms: number): Spoil =>
  (events) =>
    events.map((event) =>
      event.event === 'fault' && event.phase === phase ? { ...event, at: event.at + ms } : event,
    );

/** Changes the beginnings in the ledger of the herd's key; gives none, one or several for each. */
export function withBeginnings(
  recording: RecordedRun,
  change: (line: LedgerLine & { readonly event: 'begin' }, index: number) => readonly LedgerLine[],
): RecordedRun {
  let index = -1;
  const ledger = recording.ledger.flatMap((line) => {
    if (line.event !== 'begin' || line.key !== 'hot') return [line];
    index += 1;
    return change(line, index);
  });
  return { ...recording, ledger };
}
