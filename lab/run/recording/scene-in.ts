import type { Scene } from '../../../console/scene/scene.ts';
import { type Described, sceneOf } from '../../../console/scene/scene-of.ts';
import type { Recording } from '../../../judge/evidence.ts';
import { judge } from '../../../judge/index.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { readRun } from './read-run.ts';

/** Makes the scene of a run's folder. Throws a usage error when it is none. */
export function sceneIn(folder: string): Scene {
  const run = readRun(folder);
  return sceneOf(run, describedIn(run));
}

/** Says what the run's strategy is. Of a user's own service, reads the arrivals: nobody knows but by what it did. */
export function describedIn(run: Recording): Described {
  const { settings } = run.facts;
  if (!isForeign(settings))
    return { about: strategyNamed(settings.strategy)?.summary ?? '', early: run.claim.early };
  const { behavesLike } = judge(run).record;
  return { about: 'a service of your own, seen from outside', early: behavesLike?.early ?? false };
}
