import type { LocalGround, Process } from '../local/ground.ts';
import { LOOPBACK } from '../ports.ts';
import type { Member, OwnService } from '../topology.ts';
import { environmentOf } from '../topology.ts';
import { startFailure, tailOf } from './start-failure.ts';

/** Of an interpreter with many modules, on a busy machine. */
const READY_WITHIN_MS = 30_000;

/**
 * Makes a replica of the user's own service a process: a shell starts the command where the lab runs. It gets the variables of
 * the lab's own replicas, without a file for events, and the user's environment.
 */
export const ownProcess =
  (own: OwnService) =>
  (member: Member, { placement }: Pick<LocalGround, 'placement'>): Process => ({
    command: 'sh',
    args: ['-c', own.command ?? ''],
    env: {
      ...inherited(process.env),
      ...environmentOf(member, placement.atFor(member.name)),
      NAME: member.name,
      HOST: LOOPBACK,
      PORT: `${placement.portOf(member.name)}`,
    },
    drainMs: member.drainMs,
    group: true,
    readyWithinMs: READY_WITHIN_MS,
    failure: (why) => startFailure(own, { ...why, log: tailOf(why.logPath), showLog: `cat ${why.logPath}` }),
  });

/** What make and the lab put into the environment for themselves. */
const OF_THE_LAB = /^(DOGPILE_|LAB_|MAKE|MFLAGS$)/;

/** The user's environment, without what was typed as parameters of the lab. */
export function inherited(environment: NodeJS.ProcessEnv): Record<string, string> {
  const typed = new Set((environment.LAB_OVERRIDES ?? '').split(/\s+/));
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !OF_THE_LAB.test(entry[0]) && !typed.has(entry[0]),
    ),
  );
}
