import { connect } from 'node:net';
import type { LocalGround } from '../../cluster/local/ground.ts';
import { processOf } from '../../cluster/local/members.ts';
import { END_WITHIN_MS, ProcessMember } from '../../cluster/local/process-member.ts';
import { said, tailOf } from '../../cluster/own/start-failure.ts';
import { LOOPBACK } from '../../cluster/ports.ts';
import type { Reaper } from '../../cluster/reaper.ts';
import type { Member } from '../../cluster/topology.ts';
import { NotInTime, until } from '../../services/shared/until.ts';

/** Of an interpreter with many modules, on a busy machine. */
const LISTENS_WITHIN_MS = 15_000;
/** For the requests that are under way when it is told to end. */
const DRAIN_MS = 5000;

/** How long a service may take for what it does. */
export interface Limits {
  readonly listensWithinMs: number;
  readonly drainMs: number;
}

export const LIMITS: Limits = { listensWithinMs: LISTENS_WITHIN_MS, drainMs: DRAIN_MS };

/** One process of the service. Unlike in a run, each step of its start can be looked at. */
export interface Instance {
  readonly name: string;
  readonly port: number;
  /** Starts it, and resolves once it listens, has ended, or took too long. */
  start(signal: AbortSignal): Promise<void>;
  /** It ended before anybody told it to. */
  readonly hasEnded: boolean;
  readonly listens: boolean;
  /** What its log says. */
  says(): string;
  /** Sends SIGTERM, and kills what does not end. Tells whether it ended by itself. */
  stop(signal: AbortSignal): Promise<boolean>;
  end(signal: AbortSignal): Promise<void>;
}

export async function instanceOf(
  member: Member,
  ground: LocalGround,
  reaper: Reaper,
  { listensWithinMs, drainMs }: Limits,
): Promise<Instance> {
  const spec = await processOf(member, ground);
  const process = new ProcessMember({ ...spec, ready: async () => true, drainMs }, reaper);
  const port = ground.placement.portOf(member.name);
  let [listens, hasEnded] = [false, false];
  return {
    name: member.name,
    port,
    async start(signal) {
      const look = async () => {
        listens = await accepts(port);
        return listens || process.failed;
      };
      try {
        await process.start(signal);
        await until('a listener', look, { withinMs: listensWithinMs, everyMs: 25, signal });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof NotInTime) && !process.failed) throw error;
      }
      hasEnded = process.failed;
    },
    get hasEnded() {
      return hasEnded || process.failed;
    },
    get listens() {
      return listens;
    },
    says: () => said(tailOf(spec.logPath)),
    async stop(signal) {
      const since = performance.now();
      await process.stop(signal);
      return performance.now() - since < drainMs + END_WITHIN_MS;
    },
    end: (signal) => process.end(signal),
  };
}

/** Tells whether somebody accepts connections at the port. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
