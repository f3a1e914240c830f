import type { Presets } from '../../faults/support/expectation.ts';
import type { Scene } from '../../faults/support/strike.ts';

/** How to see one alert fire, and how to make it go: its entry in docs/runbook.md, with real members under a real load. */
export interface Rehearsal {
  /** As prometheus/rules.yml names it. */
  readonly alert: string;
  /** The parameters of the cluster and its load, as one types them. */
  readonly values: Presets;
  /** How many keys the herd asks for. Default: the one hot key. */
  readonly keys?: number;
  /** What breaks, as a clause. */
  readonly breaks: string;
  /** The remedy of the runbook's entry, as an instruction. */
  readonly remedy: string;
  /** Breaks the cluster under load, and resolves when the damage is done. Absent: the load alone does it. */
  hit?(scene: Scene): Promise<void>;
  /** Applies the remedy. Absent: there is nothing to do but wait. */
  heal?(scene: Scene): Promise<void>;
}
