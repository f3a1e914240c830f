import assert from 'node:assert/strict';
import { faultsNamed } from '../../faults/index.ts';
import { evidenceFrom, type Recording } from '../../judge/evidence.ts';
import { findingsOf } from '../../judge/verdict.ts';
import type { RunEvent } from '../../record/facts.ts';
import type { FaultEvent, Point } from '../../record/fault-events.ts';
import type { Verdict } from '../../record/result.ts';
import { type RecordedRun, recordedRun } from './recorded-run.ts';

const quiet = await recordedRun('lock-run');

/** The quiet run, told as if this fault had befallen its second grant, at this point. */
export function told(
  name: string,
  spoil: (events: readonly RunEvent[], fence: number) => readonly RunEvent[] = (events) => events,
  at: Point | null = null,
): RecordedRun {
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
    [
      ...quiet.events,
      phase('planned', grant.at + 4),
      phase('injected', grant.at + 5),
      phase('healed', grant.at + 400),
    ],
    grant.fence,
  );
  const facts = { ...quiet.facts, settings: { ...quiet.facts.settings, fault: name, at } };
  return { ...quiet, facts, events, faults: faultsNamed(name) ?? [] };
}

/** Asserts what the judge of the fault says of a recording. */
export function assertFound(recording: Recording, verdict: Verdict): void {
  const finding = found(recording);
  assert.equal(finding?.verdict, verdict, finding?.detail);
}

/** What the judge of the fault found. */
export const found = (recording: Recording) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === 'fault hit and answered');

/** The second grant of the quiet run, and what the lab noted about a fault around it, each so many ms after it. */
export function noted(
  name: string,
  notes: (grant: {
    fence: number;
    by: string;
    at: number;
  }) => Record<string, [number, FaultEvent['details']]>,
  spoil: (events: readonly RunEvent[], fence: number) => readonly RunEvent[] = (events) => events,
  near: (by: string) => string[] = () => [],
): RecordedRun {
  return told(name, (events, fence) => {
    const grant = events.find((event) => event.event === 'granted' && event.fence === fence);
    assert.ok(grant?.event === 'granted');
    const cutOff = near(grant.by);
    const more = Object.entries(notes(grant)).map(
      ([what, [afterMs, details = {}]]): FaultEvent => ({
        at: grant.at + afterMs,
        by: 'lab',
        event: 'fault',
        fault: name,
        phase: 'noted',
        victim: 'redis-1',
        what,
        details,
      }),
    );
    const marked = [...events, ...more].map((event) =>
      event.event === 'fault' ? { ...event, near: cutOff } : event,
    );
    return spoil(marked, fence);
  });
}
