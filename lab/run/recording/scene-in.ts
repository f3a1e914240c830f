import type { Scene } from '../../../console/scene/scene.ts';
import { sceneOf } from '../../../console/scene/scene-of.ts';
import { strategyOf } from '../../../record/foreign/foreign.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { readRun } from './read-run.ts';

/** Makes the scene of a run's folder. Throws a usage error when it is none. */
export function sceneIn(folder: string): Scene {
  const run = readRun(folder);
  const about =
    strategyNamed(strategyOf(run.facts.settings))?.summary ?? 'a service of your own, seen from outside';
  return sceneOf(run, { about, early: run.claim.early });
}
