import type { Workload } from '../contract/index.ts';

type Load = Pick<Workload, 'ratePerSecond' | 'recomputeMs'>;

/** Gives the herd: λδ, the requests that arrive while one recompute runs. */
export const herdOf = ({ ratePerSecond, recomputeMs }: Load): number => (ratePerSecond * recomputeMs) / 1000;
