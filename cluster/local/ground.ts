import type { Member } from '../topology.ts';
import type { Placement } from './placement.ts';
import type { MemberSpec } from './process-member.ts';

/** What every process of a local cluster is started with. */
export interface LocalGround {
  /** The run's. */
  readonly folder: string;
  /** Where the replicas' events and everybody's logs go. */
  readonly events: string;
  readonly logs: string;
  readonly redisCommand: string;
  readonly placement: Placement;
  /** The run's, which tells its members from others. */
  readonly token: string;
}

/** How a member of some role becomes a process. It may write files that the process reads. */
export type Recipe = (member: Member, ground: LocalGround) => Process | Promise<Process>;

export type Process = Omit<MemberSpec, 'name' | 'logPath' | 'ready'>;
