import type { Settings } from '../../record/settings.ts';
import type { Claim } from '../../strategies/contract/index.ts';
import type { Evidence, Tolerance } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Timeline } from './timeline.ts';

/** Names of the lab's parameters, and what to type for them. */
export type Presets = Readonly<Record<string, string>>;

/**
 * The pure half of a fault: what gives it meaning, what it may cost, and whether it hit and was answered. The other half,
 * `strike.ts` in the same folder, does it to a cluster.
 */
export interface Expectation {
  /** The name of its folder. */
  readonly name: string;
  readonly summary: string;
  /** What answers it. */
  readonly guard: string;
  /** The parameters that give it meaning, where nothing else was typed. */
  readonly presets: Presets;
  /** Parameters without which there is nothing to hit; the presets name them too. */
  readonly needs?: Presets;
  /** Fewer replicas than this leave nothing of the fault. */
  readonly leastReplicas?: number;
  readonly tolerance: (settings: Settings, claim: Claim) => Partial<Tolerance>;
  /** Whether it hit, and what answered it; unknown where it missed. */
  verify(evidence: Evidence, timeline: Timeline): Finding;
}
