/**
 * What a replay or a live view shows of a run: exact events, as spans and marks. Times are in ms since the scene's zero, by the herd's
 * wall clock.
 */
export interface Scene extends SceneHead {
  readonly requests: readonly SceneRequest[];
  readonly calls: readonly SceneCall[];
  readonly leases: readonly SceneLease[];
  readonly waits: readonly SceneWait[];
  readonly writes: readonly SceneWrite[];
  readonly wakeUps: readonly SceneWakeUp[];
  readonly expiries: readonly SceneExpiry[];
  readonly faults: readonly SceneFault[];
}

/** What does not change while a run goes on, but the window. */
export interface SceneHead {
  readonly run: string;
  readonly strategy: string;
  /** What the strategy does, in a few words. */
  readonly about: string;
  /** Whether the strategy recomputes before the value has expired. */
  readonly early: boolean;
  readonly fault: string | null;
  /** The processes that have a row: the replicas, and refreshers where there are any. Other spans name them by their index. */
  readonly members: readonly string[];
  readonly settings: {
    readonly ttlMs: number;
    readonly recomputeMs: number;
    readonly leaseMs: number;
    readonly ratePerSecond: number;
    /** How many recomputes the origin runs at once; 0: any number. */
    readonly originCapacity: number;
  };
  /** The wall time of the scene's zero: in a replay, when the expiry began that it shows first. */
  readonly zeroWallMs: number;
  /** The time that is shown. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** What of the run the scene does not show, and why, in sentences. */
  readonly lacks: string | null;
}

/** The index of a member. */
export type MemberIndex = number;

/** A request of the load, from when it was due. */
export interface SceneRequest {
  readonly dueMs: number;
  /** Absent: it has no answer yet. */
  readonly endedMs?: number;
  /** Who answered, or who was to answer; absent if that is not recorded. */
  readonly member?: MemberIndex;
  /** How it was served, or how it failed: `error`, `timeout` or `unsent`. */
  readonly outcome: string;
  /** The version of the value that it got. */
  readonly version?: number;
}

/** A call of the origin. The request of the same version that was served `recomputed` is the one that made it. */
export interface SceneCall {
  readonly member: MemberIndex;
  readonly version: number;
  readonly arrivedMs: number;
  /** When it left the queue. */
  readonly beganMs: number;
  readonly endedMs?: number;
  readonly ending?: string;
}

/** A lease, from its grant on. `end` is one of `LeaseEnd` in the judge's timeline. */
export interface SceneLease {
  readonly member: MemberIndex;
  readonly fence: number;
  readonly grantedMs: number;
  readonly renewedMs: readonly number[];
  readonly endedMs: number;
  readonly end: string;
}

/** A replica's wait for another one's recompute. */
export interface SceneWait {
  readonly member: MemberIndex;
  readonly fromMs: number;
  readonly untilMs?: number;
  readonly outcome?: string;
}

/** A write that the store decided on. */
export interface SceneWrite {
  readonly member: MemberIndex;
  readonly version: number;
  /** 0: the writer has none. */
  readonly fence: number;
  readonly atMs: number;
  readonly accepted: boolean;
}

/** A fill that a waiting replica heard. */
export interface SceneWakeUp {
  readonly member: MemberIndex;
  readonly fence: number;
  readonly atMs: number;
}

/** The replacement of one version. */
export interface SceneExpiry {
  readonly replaces: number;
  /** `expiry`, or why else the value was replaced. */
  readonly cause: string;
  readonly beganMs: number;
  readonly filledMs?: number;
  readonly recomputes: number;
}

/** What the lab broke. The victim is a member of the cluster by its name, or several, which need not have a row. */
export interface SceneFault {
  readonly fault: string;
  readonly victim: string;
  /** The network is cut around the victim and these. */
  readonly near?: readonly string[];
  readonly plannedMs?: number;
  readonly injectedMs?: number;
  readonly healedMs?: number;
}
