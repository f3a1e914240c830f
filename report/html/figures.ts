/** Writes a time in ms as people read it. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  if (ms >= 1000) return `${Number((ms / 1000).toFixed(2))} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  return `${Number(ms.toFixed(ms >= 1 ? 1 : 2))} ms`;
}

/** Writes a count with a thin space between the thousands. */
export const formatCount = (count: number): string =>
  `${count}`.length < 5 ? `${count}` : `${count}`.replace(/\B(?=(\d{3})+$)/g, '\u2009');

/** Writes a mean with two decimals, unless it is whole. */
export const formatMean = (mean: number): string =>
  Number.isInteger(mean) ? `${mean}` : mean.toFixed(mean < 10 ? 2 : 1);

/** Writes a mean of recomputes with its noun: `1 recompute`, `2.2 recomputes`. */
export function formatRecomputes(mean: number): string {
  const rounded = Number(mean.toFixed(2));
  return `${formatMean(rounded)} recompute${rounded === 1 ? '' : 's'}`;
}
