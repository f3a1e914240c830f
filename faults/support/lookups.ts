import type { Answered, Cycle, Evidence } from './evidence.ts';

/** How long after the heal a cycle still belongs to the fault. */
const AFTERMATH_MS = 500;

/** Tells whether the fault may have affected the cycle. */
export const isTouched = (
  { timeline }: Evidence,
  { beganWallMs, filledWallMs = Number.POSITIVE_INFINITY }: Cycle,
): boolean =>
  timeline !== undefined &&
  beganWallMs < timeline.healedWallMs + AFTERMATH_MS &&
  filledWallMs > timeline.injectedWallMs;

/** Tells whether a request was in flight while the cycle's value was recomputed. */
export const crosses = (
  { dueAt, endedAt }: Answered,
  { beganWallMs, filledWallMs }: Required<Cycle>,
): boolean => dueAt <= filledWallMs && endedAt >= beganWallMs;

/**
 * Gives how long after the commit each waiter had its value, in ms: in its replica, or at the client, behind the answers to
 * the other waiters.
 */
export function wakeLagsMs(
  { commits, answered, warmWallMs, settings }: Evidence,
  where: 'replica' | 'client',
): number[] {
  const storedAt = new Map(
    commits.filter(({ accepted }) => accepted).map(({ version, atWallMs }) => [version, atWallMs]),
  );
  // nginx has waiters only at the first fill.
  const since = settings.proxy ? 0 : warmWallMs;
  return answered.flatMap(({ served, version, sentAt, answeredAt = 0, endedAt }) => {
    const at = storedAt.get(version);
    if (served !== 'waited' || at === undefined || sentAt > at || sentAt < since) return [];
    return [(where === 'replica' ? answeredAt : endedAt) - at];
  });
}
