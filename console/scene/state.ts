import type { Health } from './health.ts';
import type { MemberIndex, SceneLease, SceneWrite } from './scene.ts';

/**
 * Where a request is. `replica`: a replica works on it. `bench`: it waits for somebody else's recompute. `queue` and `origin`: its
 * recompute queues or runs there. `answered` and `failed`: it is over.
 */
export type Place = 'replica' | 'bench' | 'queue' | 'origin' | 'answered' | 'failed';

/** A request that is due, at one moment. */
export interface Dot {
  /** Its index in the scene. */
  readonly request: number;
  readonly place: Place;
  /** Since when it has been there. */
  readonly sinceMs: number;
  readonly member?: MemberIndex;
  readonly outcome: string;
}

/** A recompute at the origin that no request in the scene is known to have made: a refresh, or one whose answer nobody got. */
export interface LooseCall {
  readonly call: number;
  readonly place: 'queue' | 'origin';
  readonly member: MemberIndex;
}

/** What is the case in a scene at one moment. */
export interface SceneState {
  readonly atMs: number;
  /** The requests that have no answer, and those that ended within the trail asked for; in the order of the scene. */
  readonly dots: readonly Dot[];
  readonly looseCalls: readonly LooseCall[];
  /** How many requests are in each place; their sum is `due`. */
  readonly counts: Readonly<Record<Place, number>>;
  readonly due: number;
  /** How many requests were served in each way. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Recomputes at the origin, whoever made them. */
  readonly origin: { readonly running: number; readonly queued: number };
  readonly members: readonly { readonly health: Health; readonly waiting: number; readonly calls: number }[];
  /** Victims without a row, such as Redis. */
  readonly others: readonly { readonly name: string; readonly health: Health }[];
  readonly lease: LeaseState | undefined;
  /** `version` is undefined until the scene's first accepted write. `replacing`: since when a newer one is due. */
  readonly value: { readonly version?: number; readonly replacing?: number };
  /** The writes that the store decided on within the trail. */
  readonly writes: readonly SceneWrite[];
}

/** A lease that is held. */
export interface LeaseState {
  readonly lease: SceneLease;
  /** When it ends unless it is renewed. */
  readonly runsOutMs: number;
}

export interface LookOptions {
  /** For how long a request is still shown after its end, and a write after the store's decision. */
  readonly trailMs?: number;
}
