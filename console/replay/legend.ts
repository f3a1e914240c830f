import { hasQueued } from '../scene/queues.ts';
import type { Scene } from '../scene/scene.ts';
import { element } from './elements.ts';

/** Says what the dots and bars of these scenes mean. */
export function legend(scenes: readonly Scene[]): HTMLElement {
  const some = (test: (scene: Scene) => boolean) => scenes.some(test);
  const outcomes = new Set(scenes.flatMap(({ requests }) => requests.map(({ outcome }) => outcome)));
  const entries: readonly (readonly [kind: string, words: string, isShown: boolean])[] = [
    ['hit', 'a request that the cache answers', true],
    ['muted', 'a request that a replica works on', true],
    ['wait', 'a request that waits for the recompute of another one', outcomes.has('waited')],
    ['recompute', 'a request whose recompute runs at the origin', true],
    ['ring', 'a recompute whose request is not known', some(hasLooseCalls)],
    ['queue', 'a recompute that queues', some(({ calls }) => calls.some(hasQueued))],
    ['lease', 'the lease: only its holder recomputes', some(({ leases }) => leases.length > 0)],
    ['pass', 'a write to the cache', true],
    ['fail', 'a write that is refused', some(({ writes }) => writes.some(({ accepted }) => !accepted))],
  ];
  return element(
    'ul',
    { class: 'legend', 'aria-label': 'Legend' },
    ...entries
      .filter(([, , isShown]) => isShown)
      .map(([kind, words]) => element('li', {}, element('i', { class: kind, 'aria-hidden': 'true' }), words)),
  );
}

function hasLooseCalls({ calls, requests }: Scene): boolean {
  const made = new Set(
    requests.flatMap(({ outcome, version }) => (outcome === 'recomputed' && version ? [version] : [])),
  );
  return calls.some(({ version }) => !made.has(version));
}
