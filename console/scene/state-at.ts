import { healthOf, struckBy } from './health.ts';
import type { Scene, SceneFault, SceneRequest } from './scene.ts';
import type { Dot, LeaseState, LookOptions, LooseCall, Place, SceneState } from './state.ts';

/** Tells what is the case in a scene at a moment. */
export type Look = (atMs: number, options?: LookOptions) => SceneState;

/** Prepares a scene to be looked at. */
export function lookInto(scene: Scene): Look {
  const { callOf, looseCalls } = linked(scene);
  return (atMs, { trailMs = 0 } = {}) => {
    const counts = { replica: 0, bench: 0, queue: 0, origin: 0, answered: 0, failed: 0 };
    const outcomes: Record<string, number> = {};
    const lasting = lastingAt(scene, atMs);
    const dots: Dot[] = [];
    scene.requests.forEach((request, index) => {
      if (request.dueMs > atMs) return;
      const { place, sinceMs } = whereabouts(scene, request, callOf[index], atMs);
      const { outcome, member } = request;
      counts[place] += 1;
      const isOver = place === 'answered' || place === 'failed';
      if (isOver) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (!isOver || atMs - sinceMs <= trailMs)
        dots.push({ request: index, place, sinceMs, outcome, ...(member !== undefined && { member }) });
    });
    return {
      ...{ atMs, dots, counts, outcomes },
      due: Object.values(counts).reduce((sum, count) => sum + count, 0),
      looseCalls: looseAt(scene, looseCalls, atMs),
      origin: {
        running: scene.calls.filter((call) => isWithin(atMs, call.beganMs, call.endedMs)).length,
        queued: scene.calls.filter((call) => isWithin(atMs, call.arrivedMs, call.beganMs)).length,
      },
      members: scene.members.map((name, member) => ({
        health: healthOf(name, lasting),
        waiting: scene.waits.filter(
          (wait) => wait.member === member && isWithin(atMs, wait.fromMs, wait.untilMs),
        ).length,
        calls: scene.calls.filter(
          (call) => call.member === member && isWithin(atMs, call.arrivedMs, call.endedMs),
        ).length,
      })),
      others: [...new Set(scene.faults.flatMap(struckBy))]
        .filter((name) => !scene.members.includes(name))
        .map((name) => ({ name, health: healthOf(name, lasting) })),
      lease: leaseAt(scene, atMs),
      value: valueAt(scene, atMs),
      writes: scene.writes.filter((write) => write.atMs <= atMs && write.atMs >= atMs - trailMs),
    };
  };
}

const isWithin = (atMs: number, fromMs: number, untilMs = Number.POSITIVE_INFINITY): boolean =>
  fromMs <= atMs && atMs < untilMs;

/** Finds the call of each request that was served `recomputed`: versions are the origin's counter, so no two calls share one. */
function linked({ requests, calls }: Scene): { callOf: (number | undefined)[]; looseCalls: number[] } {
  const byVersion = new Map(calls.map(({ version, member }, call) => [version, { call, member }]));
  const taken = new Set<number>();
  const callOf = requests.map(({ outcome, version, member }) => {
    const found = outcome === 'recomputed' && version !== undefined ? byVersion.get(version) : undefined;
    if (!found || found.member !== member || taken.has(found.call)) return undefined;
    taken.add(found.call);
    return found.call;
  });
  return { callOf, looseCalls: calls.flatMap((_, call) => (taken.has(call) ? [] : [call])) };
}

/** A request that no replica answered is over as failed. */
const FAILED: ReadonlySet<string> = new Set(['error', 'timeout', 'unsent']);

function whereabouts(
  { calls }: Scene,
  { dueMs, endedMs, outcome }: SceneRequest,
  callIndex: number | undefined,
  atMs: number,
): { place: Place; sinceMs: number } {
  if (endedMs !== undefined && endedMs <= atMs)
    return { place: FAILED.has(outcome) ? 'failed' : 'answered', sinceMs: endedMs };
  const call = callIndex === undefined ? undefined : calls[callIndex];
  if (call && isWithin(atMs, call.arrivedMs, call.beganMs))
    return { place: 'queue', sinceMs: call.arrivedMs };
  if (call && isWithin(atMs, call.beganMs, call.endedMs)) return { place: 'origin', sinceMs: call.beganMs };
  if (call?.endedMs !== undefined && call.endedMs <= atMs) return { place: 'replica', sinceMs: call.endedMs };
  return { place: outcome === 'waited' ? 'bench' : 'replica', sinceMs: dueMs };
}

const looseAt = ({ calls }: Scene, loose: readonly number[], atMs: number): LooseCall[] =>
  loose.flatMap((index): LooseCall[] => {
    const call = calls[index];
    if (!call || !isWithin(atMs, call.arrivedMs, call.endedMs)) return [];
    return [{ call: index, place: atMs < call.beganMs ? 'queue' : 'origin', member: call.member }];
  });

function leaseAt({ leases, settings: { leaseMs } }: Scene, atMs: number): LeaseState | undefined {
  const lease = leases.findLast(({ grantedMs, endedMs }) => isWithin(atMs, grantedMs, endedMs));
  if (!lease) return undefined;
  const termMs = lease.renewedMs.findLast((renewedMs) => renewedMs <= atMs) ?? lease.grantedMs;
  return { lease, runsOutMs: termMs + leaseMs };
}

function valueAt({ writes, expiries }: Scene, atMs: number): SceneState['value'] {
  const version = writes.findLast((write) => write.accepted && write.atMs <= atMs)?.version;
  const expiry = expiries.findLast(({ beganMs, filledMs }) => isWithin(atMs, beganMs, filledMs));
  return {
    ...(version !== undefined && { version }),
    ...(expiry && { replacing: expiry.beganMs }),
  };
}

/** Lists the faults that have been injected and are not healed. */
const lastingAt = ({ faults }: Scene, atMs: number): SceneFault[] =>
  faults.filter(
    ({ injectedMs, healedMs }) => injectedMs !== undefined && isWithin(atMs, injectedMs, healedMs),
  );
