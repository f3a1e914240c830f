import { LEASE_FAULTS, type LeaseRow, type Released } from '../../record/batch/batch.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { NotInTime, type Patience, until } from '../../services/shared/until.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Grant } from '../../strategies/contract/index.ts';
import { type Bench, type Holder, startBench } from './bench.ts';
import type { Variant } from './variants.ts';

export const LEASE_MS = 1000;
/** A lease that is not released within this time counts as never released. */
export const NEVER_MS = 5000;
const LOOK_EVERY_MS = 5;
const READY_WITHIN_MS = 10_000;
const ROUNDS = 200;

export type FaultName = (typeof LEASE_FAULTS)[number];

/** Puts one lease backend through the faults, on servers of its own. */
export async function measure(variant: Variant, signal: AbortSignal): Promise<LeaseRow> {
  const bench = await startBench(variant, LEASE_MS, signal);
  try {
    const ready = { withinMs: READY_WITHIN_MS, everyMs: LOOK_EVERY_MS, signal };
    await until(`the start of ${variant.name}`, () => bench.other.ready(), ready);
    const cost = await measureUncontended(bench);
    const two = await Promise.all([1, 2].map(() => bench.other.lease.acquire('two callers')));
    const faults: Partial<Record<FaultName, Released>> = {};
    for (const fault of LEASE_FAULTS) {
      signal.throwIfAborted();
      const released = await measureFault(bench, fault, NEVER_MS, signal);
      if (released) faults[fault] = released;
    }
    const grantedOfTwo = two.filter(({ kind }) => kind === 'granted').length;
    return { name: variant.name, faults, grantedOfTwo, ...cost };
  } finally {
    await bench.close();
  }
}

/**
 * Gives how to hit the holder or its server with a fault, and how to heal it. Undefined: the backend cannot have this
 * fault.
 */
function faultOf(bench: Bench, fault: FaultName, holder: Holder) {
  const { restart, link } = bench;
  switch (fault) {
    case 'killed':
      return { hit: () => holder.signal('SIGKILL'), heal: () => {} };
    case 'paused':
      return { hit: () => holder.signal('SIGSTOP'), heal: () => holder.signal('SIGCONT') };
    case 'restart':
      return restart && { hit: restart, heal: () => {} };
    case 'cut':
      return link && { hit: () => link.cut(), heal: () => link.mend() };
  }
}

/**
 * Hits a lease's holder with a fault and measures what becomes of the lease. Undefined: the backend cannot have this
 * fault.
 */
export async function measureFault(
  bench: Bench,
  fault: FaultName,
  neverMs = NEVER_MS,
  signal = new AbortController().signal,
): Promise<Released | undefined> {
  const holder = await bench.holder(fault);
  try {
    const happening = faultOf(bench, fault, holder);
    if (!happening) return undefined;
    const since = performance.now();
    const hit = Promise.resolve(happening.hit());
    const grant = await grantedTo(bench, fault, { withinMs: neverMs, everyMs: LOOK_EVERY_MS, signal });
    const afterMs = grant ? performance.now() - since : null;
    await hit;
    if (grant) {
      const made = { value: 'next', version: 2, computedWallMs: wallTimeMs(), recomputeMs: 1 };
      await bench.other.cache.commit(fault, made, { grant });
    }
    await happening.heal();
    const lateWrite = grant && fault !== 'killed' ? await holder.commit() : null;
    return { afterMs, recomputes: grant ? 2 : 1, lateWrite };
  } finally {
    await holder.end();
  }
}

/** Waits until somebody other than the holder is granted the lease; undefined: not in time. */
async function grantedTo({ other }: Bench, key: string, patience: Patience): Promise<Grant | undefined> {
  const granted = async () => {
    const acquired = await other.lease.acquire(key).catch(() => undefined);
    return acquired?.kind === 'granted' && acquired.grant;
  };
  return until('a grant', granted, patience).catch((error) => {
    if (!(error instanceof NotInTime)) throw error;
    return undefined;
  });
}

async function measureUncontended({ other: { lease } }: Bench) {
  const [acquired, released]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    const answer = await lease.acquire('uncontended');
    const between = performance.now();
    if (answer.kind !== 'granted') throw new MemberFailed(`an uncontended lease was ${answer.kind}`);
    await lease.release('uncontended', answer.grant);
    acquired.push(between - from);
    released.push(performance.now() - between);
  }
  return { acquireMs: median(acquired), releaseMs: median(released) };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
