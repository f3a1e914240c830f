import type { Answer } from '../../strategies/contract/index.ts';
import type { Fleet } from './fleet.ts';

/** So many callers of one key at once, spread evenly over the replicas. */
export const herd = (fleet: Fleet, key: string, callers: number): Promise<Answer<string>>[] =>
  Array.from({ length: callers }, (_, index) => get(fleet, index, key));

/** One call at the replica with that number, counted round. */
export function get(fleet: Fleet, index: number, key: string, signal?: AbortSignal): Promise<Answer<string>> {
  const replica = fleet.replicas[index % fleet.replicas.length];
  if (!replica) throw new Error('a fleet without replicas');
  return replica.get(key, signal);
}
