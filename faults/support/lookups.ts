import type { Answered, Cycle, Evidence } from './evidence.ts';

/** What follows a fault belongs to it for so long. */
const AFTERMATH_MS = 500;

/** Whether a fault had its hand in the cycle. */
export const isTouched = (
  { timeline }: Evidence,
  { beganWallMs, filledWallMs = Number.POSITIVE_INFINITY }: Cycle,
): boolean =>
  timeline !== undefined &&
  beganWallMs < timeline.healedWallMs + AFTERMATH_MS &&
  filledWallMs > timeline.injectedWallMs;

/** Whether a request was under way while the cycle's value was being made. */
export const crosses = (
  { dueAt, endedAt }: Answered,
  { beganWallMs, filledWallMs }: Required<Cycle>,
): boolean => dueAt <= filledWallMs && endedAt >= beganWallMs;

/**
 * How far behind the commit each waiter had its value, in ms: in its replica's hands, or at the client, behind the
 * answers to everybody else who waited with it.
 */
export function wakeLagsMs(
  { commits, answered, warmWallMs, settings }: Evidence,
  where: 'replica' | 'client',
): number[] {
  const storedAt = new Map(
    commits.filter(({ accepted }) => accepted).map(({ version, atWallMs }) => [version, atWallMs]),
  );
  // nginx has waiters at the first fill and at no other.
  const since = settings.proxy ? 0 : warmWallMs;
  return answered.flatMap(({ served, version, sentAt, answeredAt = 0, endedAt }) => {
    const at = storedAt.get(version);
    if (served !== 'waited' || at === undefined || sentAt > at || sentAt < since) return [];
    return [(where === 'replica' ? answeredAt : endedAt) - at];
  });
}
