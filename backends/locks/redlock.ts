import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RedlockMutex } from 'redis-semaphore';
import { StoreUnavailable } from '../../strategies/contract/errors.ts';
import { connectRedis } from '../redis/ioredis/connection.ts';
import { keysOf } from '../redis/keys.ts';
import type { Mutex, MutexOptions } from './mutex.ts';

type Server = ConstructorParameters<typeof RedlockMutex>[0][number];

/** Gives how far the servers' clocks may drift apart in a term: the algorithm's allowance, and Redis's own millisecond. */
const driftMs = (leaseMs: number) => 0.01 * leaseMs + 2;
/** The longest random pause after a split vote, which nobody won. */
const SPLIT_VOTE_MS = 10;

/**
 * A lock by the majority of independent Redis servers (Sanfilippo, "Distributed Locks with Redis"), with redis-semaphore.
 * It uses one try and no timer of the library: strategies wait for the value, and renew by themselves. The library gives
 * the same answer for a lock that is held and for servers that are gone, so this counts the servers' answers.
 */
export function redlockMutex({
  servers: urls,
  leaseMs,
  holder,
  timeoutMs,
  clock,
  random,
}: MutexOptions): Mutex {
  const ports = urls.map((url, index) =>
    connectRedis({ url }, { name: `${holder}-lock-${index + 1}`, commandTimeoutMs: timeoutMs }),
  );
  const servers = ports.map(({ client }) => client);
  const majority = Math.floor(servers.length / 2) + 1;
  const nameOf = (key: string) => keysOf(key).lease;

  /** Runs one step of the library on a new or known lock. Gives whether a majority agreed in time. */
  async function vote(key: string, token: string, known: boolean): Promise<boolean> {
    const answering = new Set<Redis>();
    const mutex = new RedlockMutex(
      servers.map((server) => withAnswerCount(answering, server)),
      nameOf(key),
      {
        identifier: token,
        lockTimeout: leaseMs,
        acquireAttemptsLimit: 1,
        retryInterval: 0,
        refreshInterval: 0,
        ...(known && { acquiredExternally: true }),
      },
    );
    const since = clock.now();
    const won = await mutex.tryAcquire();
    if (!won && answering.size < majority)
      throw new StoreUnavailable(
        `${answering.size} of ${servers.length} lock servers answer; it takes ${majority}`,
      );
    const validMs = leaseMs - (clock.now() - since) - driftMs(leaseMs);
    if (won && validMs <= 0) await mutex.release();
    return won && validMs > 0;
  }

  /** Gives the time until a majority of servers is free; a short random time if no holder has a majority now. */
  async function freeInMs(key: string): Promise<number> {
    const votes = await Promise.all(servers.map((server) => voteAt(server, `mutex:${nameOf(key)}`)));
    const known = votes.filter((vote) => vote !== undefined);
    const isHeld = known.some(
      ({ token }) => token && known.filter((other) => other.token === token).length >= majority,
    );
    if (!isHeld) return 1 + random() * SPLIT_VOTE_MS;
    return known.map(({ leftMs }) => leftMs).sort((a, b) => a - b)[majority - 1] ?? leaseMs;
  }

  return {
    async tryLock(key) {
      const token = `${holder}:${randomUUID()}`;
      if (await vote(key, token, false)) return { kind: 'locked', token };
      return { kind: 'held', retryAfterMs: await freeInMs(key) };
    },

    extend: (key, token) => vote(key, token, true),

    unlock: (key, token) =>
      new RedlockMutex(servers, nameOf(key), {
        identifier: token,
        acquiredExternally: true,
        refreshInterval: 0,
      }).release(),

    ready: () => ports.filter(({ connected }) => connected).length >= majority,
    close() {
      for (const port of ports) port.close();
    },
  };
}

/** Wraps a server, as the library uses it, so that `answering` gets it with its first answer. */
function withAnswerCount(answering: Set<Redis>, server: Redis): Server {
  const counting =
    <A extends unknown[], R>(command: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      const answer = await command.apply(server, args);
      answering.add(server);
      return answer;
    };
  return {
    set: counting(server.set),
    eval: counting(server.eval),
    evalsha: counting(server.evalsha),
  } as unknown as Server;
}

/** Gives who has this server's vote, and for how long; undefined when it does not answer. */
async function voteAt(server: Redis, name: string) {
  try {
    const [token, leftMs] = await Promise.all([server.get(name), server.pttl(name)]);
    return { token, leftMs: Math.max(0, leftMs) };
  } catch {
    return undefined;
  }
}
