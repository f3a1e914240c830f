import { NO_VERSION, type RequestEnding } from '../arrival.ts';

const ENDINGS: ReadonlySet<unknown> = new Set<RequestEnding>(['ok', 'error', 'timeout', 'unsent']);
const CACHES: ReadonlySet<unknown> = new Set(['hit', 'stale', 'fwd']);
/** The last moment that a Date can hold. */
const LAST_WALL_MS = 8.64e15;

/**
 * Tells what keeps a line of the history from being an arrival; undefined: nothing. By hand, since a schema would take
 * longer than everything else in reading a million lines.
 */
export function flawOf(line: unknown): string | undefined {
  if (typeof line !== 'object' || line === null) return 'is no object';
  const arrival = line as Readonly<Record<string, unknown>>;
  const { dueAt, sentAt, endedAt, answeredAt, ending, by, served, version } = arrival;
  if (!isTime(dueAt)) return 'has no dueAt that is a time in ms';
  if (!ENDINGS.has(ending)) return 'has no ending that is ok, error, timeout or unsent';
  if (!isTimeOrAbsent(answeredAt)) return 'has an answeredAt that is no time in ms';
  if (ending === 'unsent') {
    if (sentAt !== undefined || endedAt !== undefined) return 'is unsent, and has a sentAt or an endedAt';
  } else {
    if (!isTime(sentAt)) return 'has no sentAt that is a time in ms';
    if (!isTime(endedAt)) return 'has no endedAt that is a time in ms';
    if (endedAt < sentAt) return 'has an endedAt before its sentAt';
  }
  if (ending === 'ok') {
    if (typeof by !== 'string') return 'is ok, and has no by that is a text';
    if (typeof served !== 'string') return 'is ok, and has no served that is a text';
    // An answer of a user's own service may have none.
    const lacksVersion = version === undefined && arrival.why === NO_VERSION;
    if (!lacksVersion && !Number.isSafeInteger(version))
      return 'is ok, and has no version that is a whole number';
  }
  return flawOfTheRest(arrival);
}

function flawOfTheRest({
  tookMs,
  status,
  by,
  served,
  version,
  degraded,
  via,
  cache,
  to,
  why,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (!isTimeOrAbsent(tookMs)) return 'has a tookMs that is no length in ms';
  if (status !== undefined && typeof status !== 'number') return 'has a status that is no number';
  if (version !== undefined && typeof version !== 'number') return 'has a version that is no number';
  if (degraded !== undefined && typeof degraded !== 'boolean')
    return 'has a degraded that is not true or false';
  if (cache !== undefined && !CACHES.has(cache)) return 'has a cache that is not hit, stale or fwd';
  if (!isTextOrAbsent(by) || !isTextOrAbsent(served) || !isTextOrAbsent(via))
    return 'has a by, served or via that is no text';
  if (!isTextOrAbsent(to) || !isTextOrAbsent(why)) return 'has a to or why that is no text';
  return undefined;
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= LAST_WALL_MS;
const isTimeOrAbsent = (value: unknown) => value === undefined || isTime(value);
const isTextOrAbsent = (value: unknown) => value === undefined || typeof value === 'string';
