import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import { scriptText } from './scripts.ts';

/** One server, or the Sentinels that know which one it is at the moment. */
export type RedisAddress =
  | { readonly url: string }
  | {
      readonly sentinels: readonly Address[];
      readonly name: string;
      /** Where a server is reached that the Sentinels announce as `host:port`, when not there. */
      readonly natMap: Readonly<Record<string, Address>>;
    };

export interface Address {
  readonly host: string;
  readonly port: number;
}

const SCRIPTS = {
  readEntry: { file: 'read', numberOfKeys: 2 },
  acquireLease: { file: 'acquire', numberOfKeys: 4 },
  renewLease: { file: 'renew', numberOfKeys: 1 },
  releaseLease: { file: 'release', numberOfKeys: 2 },
  commitEntry: { file: 'commit', numberOfKeys: 4 },
  putEntry: { file: 'put', numberOfKeys: 2 },
  invalidateEntry: { file: 'invalidate', numberOfKeys: 4 },
  mintFence: { file: 'mint', numberOfKeys: 3 },
  countFailure: { file: 'fail', numberOfKeys: 2 },
  noteDemand: { file: 'note', numberOfKeys: 1 },
  wantedKeys: { file: 'wanted', numberOfKeys: 1 },
} as const;

type Script = keyof typeof SCRIPTS;
export type Reply = readonly (string | number | null)[];

/** A connection that knows the scripts in lua/. */
export type ScriptedRedis = Redis & {
  [script in Script]: (...keysThenArguments: (string | number)[]) => Promise<unknown>;
};

/**
 * Opens a connection that never queues, never resends and never hangs: a command is answered within
 * `commandTimeoutMs` or fails, and while there is no connection it fails at once. An outage must not become a flood.
 */
export function connectRedis(
  address: RedisAddress,
  options: { name: string; commandTimeoutMs: number },
): ScriptedRedis {
  const common = {
    connectionName: options.name,
    disableClientInfo: true,
    commandTimeout: options.commandTimeoutMs,
    connectTimeout: 1000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, 500),
    scripts: loadScripts(),
  };
  const redis =
    'url' in address ? new Redis(address.url, common) : new Follower({ ...common, ...following(address) });
  // Every command reports its own failure; this only keeps a lost connection from ending the process.
  redis.on('error', () => {});
  return redis as ScriptedRedis;
}

const TRY_AGAIN_MS = 100;

/**
 * ioredis gives up for good when a failover is announced just while it asks a Sentinel for the primary: it takes that
 * for its own disconnect. This one begins anew until it is told to disconnect.
 */
class Follower extends Redis {
  #isDone = false;

  constructor(options: Omit<RedisOptions, 'replyMapping'>) {
    super(options);
    this.on('end', () => setTimeout(() => this.#beginAnew(), TRY_AGAIN_MS));
  }

  override disconnect(reconnect = false): void {
    this.#isDone ||= !reconnect;
    super.disconnect(reconnect);
  }

  #beginAnew(): void {
    // Its failure is told by an event, and by another end.
    if (!this.#isDone) this.connect().catch(() => {});
  }
}

/**
 * Follows the primary wherever the Sentinels say it is. A connection to a primary that was cut off need never break by
 * itself, so the Sentinels are listened to; one that became a replica is left at its first refusal.
 */
function following({ sentinels, name, natMap }: Exclude<RedisAddress, { url: string }>) {
  return {
    sentinels: [...sentinels],
    name,
    natMap: { ...natMap },
    failoverDetector: true,
    updateSentinels: false,
    sentinelCommandTimeout: 1000,
    disconnectTimeout: 200,
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
}

function loadScripts() {
  return Object.fromEntries(
    Object.entries(SCRIPTS).map(([name, { file, numberOfKeys }]) => [
      name,
      { numberOfKeys, lua: scriptText(file) },
    ]),
  );
}

/** Everything about one key shares a hash tag, so that it lives on one node of a Redis Cluster. */
export const keysOf = (key: string) => ({
  entry: `{${key}}:entry`,
  lease: `{${key}}:lease`,
  fence: `{${key}}:fence`,
  failure: `{${key}}:failure`,
  channel: `{${key}}:filled`,
});

/** Redis TIME (seconds, microseconds) in ms. */
export const redisTimeMs = (
  seconds: string | number | null | undefined,
  microseconds: string | number | null | undefined,
) => Number(seconds) * 1000 + Number(microseconds) / 1000;

/** Replies by which a server says that it cannot serve now, as opposed to a mistake in the command. */
const CANNOT_SERVE =
  /^(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|OOM|UNKILLABLE)\b/;

/** Awaits a command; whatever says that the store is not there becomes {@link StoreUnavailable}. */
export async function answered<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (cause) {
    if (cause instanceof ReplyError && !CANNOT_SERVE.test((cause as Error).message)) throw cause;
    throw new StoreUnavailable(`Redis does not answer: ${(cause as Error).message}`, { cause });
  }
}
