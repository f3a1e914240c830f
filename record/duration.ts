/** Writes a duration as people do: 200ms, 3s, 5m. */
export function formatDuration(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(2))}s` : `${Math.round(ms)}ms`;
}

/** Writes a duration in whole ms as a parameter, exact to the millisecond. */
export const formatExactDuration = (ms: number): string => (ms % 1000 === 0 ? formatDuration(ms) : `${ms}ms`);

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Reads a duration as people write it, in whole ms; NaN if it is none. */
export function parseDuration(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  return Math.round(Number(digits) * (UNITS[unit] ?? Number.NaN));
}
