import type { LineChange } from '../loading/changed-text.ts';
import type { Mutant } from '../mutant.ts';

/** A mutant that changes lines of modules and nothing else. */
export interface LineMutant extends Mutant {
  readonly strategy: string;
  readonly lines: readonly LineChange[];
}
