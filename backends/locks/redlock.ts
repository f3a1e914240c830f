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

/** Restarts the term of one server's vote, if the token has it. Returns 1 or 0. */
const EXTEND =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";

/**
 * A lock by the majority of independent Redis servers (Sanfilippo, "Distributed Locks with Redis"), with redis-semaphore.
 * It uses one try and no timer of the library: strategies wait for the value, and renew by themselves. The library gives
 * the same answer for a lock that is held and for servers that are gone, so this counts the servers' answers. The library's
 * renewal takes every vote back if too few servers answer in time; this one leaves them, since the lock may still be held.
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
  /** The library puts a prefix to the name. */
  const voteOf = (key: string) => `mutex:${nameOf(key)}`;
  const tooFew = (answers: number) =>
    new StoreUnavailable(`${answers} of ${servers.length} lock servers answer; it takes ${majority}`);
  const isInTime = (since: number) => leaseMs - (clock.now() - since) - driftMs(leaseMs) > 0;

  /** Tries to lock. Gives whether a majority agreed in time. */
  async function lock(key: string, token: string): Promise<boolean> {
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
      },
    );
    const since = clock.now();
    const won = await mutex.tryAcquire();
    if (!won && answering.size < majority) throw tooFew(answering.size);
    if (!won || isInTime(since)) return won;
    await mutex.release();
    return false;
  }

  /** Restarts the term where the votes are, then asks the servers that forgot theirs for another. */
  async function extend(key: string, token: string): Promise<boolean> {
    const since = clock.now();
    const votes = await Promise.all(servers.map((server) => extendAt(server, token, key)));
    const kept = votes.filter((vote) => vote === 'kept').length;
    const silent = votes.filter((vote) => vote === 'silent').length;
    if (kept < majority && kept + silent >= majority) throw tooFew(servers.length - silent);
    if (kept < majority || !isInTime(since)) {
      await unlock(key, token);
      return false;
    }
    const forgetful = servers.filter((_, index) => votes[index] === 'lost');
    await Promise.all(
      forgetful.map((server) => server.set(voteOf(key), token, 'PX', leaseMs, 'NX').catch(() => {})),
    );
    return true;
  }

  const extendAt = (server: Redis, token: string, key: string) =>
    server.eval(EXTEND, 1, voteOf(key), token, leaseMs).then(
      (done) => (done === 1 ? 'kept' : 'lost'),
      () => 'silent',
    );

  const unlock = (key: string, token: string) =>
    new RedlockMutex(servers, nameOf(key), {
      identifier: token,
      acquiredExternally: true,
      refreshInterval: 0,
    }).release();

  /** Gives the time until a majority of servers is free; a short random time if no holder has a majority now. */
  async function freeInMs(key: string): Promise<number> {
    const votes = await Promise.all(servers.map((server) => voteAt(server, voteOf(key))));
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
      if (await lock(key, token)) return { kind: 'locked', token };
      return { kind: 'held', retryAfterMs: await freeInMs(key) };
    },

    extend,
    unlock,
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
