import { isDecidedCommit } from '../../../record/events.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import type { Begun, LedgerLine } from '../../../record/ledger.ts';
import type { Scene } from '../strike.ts';
import { expiriesSoFar } from './expiries-so-far.ts';

/** How many fills come before a fault, so that the run shows the time before it. */
const FILLS_BEFORE = 3;

/** Gives how long a fault waits for an event of the next expiries. */
export const patienceMs = ({ settings }: Scene): number =>
  20_000 + FILLS_BEFORE * 4 * (settings.ttlMs + settings.recomputeMs);

/**
 * Counts how often the herd's key was filled. Nobody sees what a service of the user's own stores, so there each expiry counts
 * that the origin has made a value for, however many it made.
 */
export function fillsOf({ journals, settings }: Pick<Scene, 'journals' | 'settings'>): number {
  if (isForeign(settings)) return expiriesSoFar(journals.ledger, settings).length;
  return journals.events.filter((event) => isDecidedCommit(event) && event.key === settings.key).length;
}

/** Waits until the herd's key was filled a few times. */
export async function untilWarm(scene: Scene): Promise<void> {
  const isWarm = () => (fillsOf(scene) >= FILLS_BEFORE ? true : undefined);
  await scene.until('the warm-up', isWarm, patienceMs(scene));
}

/** Lists the recomputes of a key that gave a value, in the order in which they began. */
export function madeIn(ledger: readonly LedgerLine[], key: string): Begun[] {
  const ok = new Set(
    ledger.flatMap((line) => (line.event === 'end' && line.ending === 'ok' ? [line.id] : [])),
  );
  return ledger.filter(
    (line): line is Begun => line.event === 'begin' && line.key === key && ok.has(line.id),
  );
}
