import type { Point } from '../../record/fault-events.ts';
import type { Settings } from '../../record/settings.ts';
import type { Claim } from '../../strategies/contract/index.ts';
import type { FaultFinding } from './answers/deadline.ts';
import type { Evidence, Tolerance } from './evidence.ts';
import type { Outside } from './outside/outside.ts';
import type { Timeline } from './timeline.ts';
import type { Ruling } from './witness.ts';

/** Parameters of the lab by their names, with the text to type for each. */
export type Presets = Readonly<Record<string, string>>;

/** Gives the presets of the faults of a run. Of two, the first decides, but for what the second needs. */
export function presetsOf([first, second]: readonly Expectation[]): Presets {
  const presets: Presets = { ...second?.presets, ...first?.presets };
  const unmet = Object.entries(second?.needs ?? {}).filter(
    ([name, needed]) => ![needed].flat().includes(presets[name] ?? ''),
  );
  return { ...presets, ...Object.fromEntries(unmet.map(([name]) => [name, second?.presets[name] ?? ''])) };
}

/**
 * The pure half of a fault: which parameters it needs, what it may cost, and whether it hit and was answered. The acting
 * half, `strike.ts` in the same folder, does it to a cluster.
 */
export interface Expectation {
  /** The name of its folder. */
  readonly name: string;
  readonly summary: string;
  /** What answers the fault. */
  readonly guard: string;
  /** The parameters that show the fault best, unless you type others. */
  readonly presets: Presets;
  /** The parameters without which there is nothing to hit: a value each, or several to choose from. The presets have one. */
  readonly needs?: Readonly<Record<string, string | readonly string[]>>;
  /** Whether the members reach Redis through the relay, whatever the point. */
  readonly relayed?: boolean;
  /** Why a cluster of `make up` cannot have it. Absent: it can, unless it is `relayed`. */
  readonly onlyInRuns?: string;
  /** The fewest replicas with which the fault makes sense. */
  readonly leastReplicas?: number;
  /** The points at which it can strike, each with the answer that is expected there. Absent: there is no choice. */
  readonly points?: Readonly<Partial<Record<Point, string>>>;
  /** How it is judged if it is done to a service of the user's own. Absent: it cannot be. */
  readonly outside?: Outside;
  readonly tolerance: (settings: Settings, claim: Claim) => Partial<Tolerance>;
  /** Judges whether the fault hit, and what answered it; unknown if it missed. `own` is what this fault may cost. */
  verify(evidence: Evidence, timeline: Timeline, own: Tolerance): Ruling<FaultFinding>;
}
