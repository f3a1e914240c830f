import type { SceneState } from './state.ts';

/** Says in a sentence who is where. */
export function wordsOf({ counts, origin }: SceneState): string {
  const { running, queued } = origin;
  const atOrigin =
    running + queued === 0
      ? 'The origin is idle.'
      : `The origin runs ${plural(running, 'recompute')}${queued > 0 ? `, and ${queued} queue` : ''}.`;
  const { bench, replica } = counts;
  const waiting =
    bench === 0 ? '' : ` ${plural(bench, 'request')} ${bench === 1 ? 'waits' : 'wait'} for a new value.`;
  const atReplicas = replica === 0 ? '' : ` ${replica} ${replica === 1 ? 'is' : 'are'} at a replica.`;
  return `${atOrigin}${waiting}${atReplicas}`;
}

export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
