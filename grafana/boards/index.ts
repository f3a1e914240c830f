import type { Board } from '../board.ts';
import { fleet } from './fleet.ts';
import { herd } from './herd.ts';
import { lease } from './lease.ts';
import { strategies } from './strategies.ts';

/** Every board, in the order in which one looks at them. */
export const boards: readonly Board[] = [herd, lease, fleet, strategies];
