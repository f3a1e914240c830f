import type { Scene } from '../../console/scene/scene.ts';
import { sceneOf } from '../../console/scene/scene-of.ts';
import type { Recording } from '../../judge/evidence.ts';
import { describedIn } from '../../lab/run/recording/scene-in.ts';
import { recordedRun } from './recorded-run.ts';

/** Makes the scene of a recording. */
export const sceneFrom = (recording: Recording): Scene =>
  sceneOf(recording, { ...describedIn(recording), about: 'what it does' });

/** Makes the scene of a run in test/fixtures/. */
export const recordedScene = async (name: string): Promise<Scene> => sceneFrom(await recordedRun(name));

/** A scene in which nothing happens, to put something into. */
export const EMPTY_SCENE: Scene = {
  ...{ run: 'a-run', strategy: 'lock', about: 'what it does', early: false, fault: null },
  members: ['app-1', 'app-2', 'app-3'],
  settings: { ttlMs: 1000, recomputeMs: 200, leaseMs: 1000, ratePerSecond: 100, originCapacity: 0 },
  ...{ zeroWallMs: 1_795_315_735_000, fromMs: -100, untilMs: 3000, lacks: null },
  ...{ requests: [], calls: [], leases: [], waits: [], writes: [], wakeUps: [], expiries: [], faults: [] },
};
