import type { Scene } from '../scene/scene.ts';
import type { SceneState } from '../scene/state.ts';
import { element, say } from './elements.ts';

/** A recompute and the look that found the value due are timed by two clocks. */
const CLOCKS_MS = 5;

/** The figures of one scene. */
export class Figures {
  readonly root: HTMLElement;
  readonly #scene: Scene;
  readonly #cells: readonly HTMLElement[];

  constructor(scene: Scene) {
    this.#scene = scene;
    const names = ['recomputes for it', 'at the origin now', 'waiting requests', 'longest wait'];
    this.#cells = names.map(() => element('dd', {}, '0'));
    this.root = element(
      'dl',
      {},
      ...this.#cells.map((cell, index) => element('div', {}, element('dt', {}, names[index] ?? ''), cell)),
    );
  }

  show(state: SceneState): void {
    const { origin, counts, atMs } = state;
    const atOrigin = origin.running + origin.queued;
    const waiting = counts.bench + counts.replica + counts.queue + counts.origin;
    const texts = [
      recomputesSoFar(this.#scene, atMs),
      atOrigin,
      waiting,
      `${longestWait(this.#scene, state)} ms`,
    ];
    this.#cells.forEach((cell, index) => {
      say(cell, `${texts[index]}`);
      // One recompute for a value is as it should be.
      cell.classList.toggle('busy', index < 2 && Number(texts[index]) > 1);
    });
  }
}

/** Counts the calls of the origin since the value was last due. */
function recomputesSoFar({ expiries, calls, fromMs }: Scene, atMs: number): number {
  const sinceMs = expiries.findLast(({ beganMs }) => beganMs <= atMs)?.beganMs ?? fromMs;
  return calls.filter(({ arrivedMs }) => arrivedMs <= atMs && arrivedMs >= sinceMs - CLOCKS_MS).length;
}

/** Gives the age of the oldest request without an answer. */
function longestWait({ requests }: Scene, { dots, atMs }: SceneState): number {
  const open = dots.filter(({ place }) => place !== 'answered' && place !== 'failed');
  return open.reduce(
    (most, { request }) => Math.max(most, Math.round(atMs - (requests[request]?.dueMs ?? atMs))),
    0,
  );
}
