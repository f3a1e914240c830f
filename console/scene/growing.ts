import type { Scene } from './scene.ts';

/** What is new in a scene: new requests, and the newest state of every other span. */
export type Growth = Partial<Omit<Scene, 'requests'>> & Pick<Scene, 'requests'>;

/**
 * Adds what is new to a scene. Requests are added; every other list is replaced, since its spans may have ended or been renewed. What
 * ended before `keepFromMs` is dropped, so that a live view stays small.
 */
export function grown(
  scene: Scene,
  { requests, ...rest }: Growth,
  keepFromMs = Number.NEGATIVE_INFINITY,
): Scene {
  const all = [...scene.requests, ...requests]
    .filter(({ endedMs = Number.POSITIVE_INFINITY }) => endedMs >= keepFromMs)
    .sort((a, b) => a.dueMs - b.dueMs);
  return { ...scene, ...rest, requests: all };
}
