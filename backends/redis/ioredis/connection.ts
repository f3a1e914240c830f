import { setImmediate as turn } from 'node:timers/promises';
import { Redis, ReplyError } from 'ioredis';
import { StoreRefused, StoreUnavailable, type Unavailable } from '../../../strategies/contract/errors.ts';
import { type ConnectionEvent, type RedisPort, type Reply, SCRIPTS, type Script } from '../port.ts';
import type { RedisAddress } from './address.ts';
import { type ScriptChange, scriptText } from './scripts.ts';
import { Follower, followerOptions } from './sentinel.ts';

export interface ConnectOptions {
  /** The connection's name in the server's client list. */
  readonly name: string;
  /** How long the server may take to answer a command. */
  readonly commandTimeoutMs: number;
  /** Whether each new connection asks for the server's `run_id`. A connection that subscribes cannot. */
  readonly identify?: boolean;
  /** How often to ask the server for a sign of life, for a connection that only listens. Absent: never. */
  readonly heartbeatMs?: number;
  /** Changes to the scripts as they are loaded. */
  readonly changes?: readonly ScriptChange[];
}

/** A port on ioredis, with the client behind it for other commands. */
export interface IoRedisPort extends RedisPort {
  readonly client: Redis;
}

/** A connection that was silent for so many commands in a row is replaced: the network may have forgotten it. */
const MOST_LATE = 3;

/** Gives a script's name among the client's commands. */
const commandOf = <S extends Script>(script: S) => `dogpile:${script}` as const;

type ScriptedRedis = Redis & {
  [script in Script as `dogpile:${script}`]: (...keysThenArguments: (string | number)[]) => Promise<unknown>;
};

/**
 * Opens a connection that never queues, never resends and never hangs: a command is answered within `commandTimeoutMs` or
 * fails. Without a connection it fails at once. So an outage does not end in a flood of old commands. A silent
 * connection is replaced: one over which nothing came while three commands in a row, or one heartbeat, waited in vain.
 */
export function connectRedis(address: RedisAddress, options: ConnectOptions): IoRedisPort {
  const client = open(address, options);
  const listeners: ((event: ConnectionEvent) => void)[] = [];
  const tell = (event: ConnectionEvent) => {
    for (const listener of listeners) listener(event);
  };
  // Every command reports its own failure. Without a listener a lost connection would end the process.
  client.on('error', () => {});
  client.on('ready', async () => {
    tell({ kind: 'ready' });
    const server = options.identify ? await runIdOf(client) : undefined;
    if (server) tell({ kind: 'identified', server });
  });
  client.on('close', () => tell({ kind: 'lost' }));
  const answered = replacingSilent(client);
  const stopBeating = options.heartbeatMs === undefined ? () => {} : beat(client, options.heartbeatMs);
  return {
    client,
    async run(script, keys, args) {
      return tableOf(await answered(client[commandOf(script)](...keys, ...args)));
    },
    async publish(channel, message) {
      await answered(client.publish(channel, message));
    },
    waitForReplicas: (count, withinMs) => answered(client.wait(count, withinMs)),
    async subscribe(...channels) {
      await answered(client.subscribe(...channels));
    },
    async unsubscribe(channel) {
      await answered(client.unsubscribe(channel));
    },
    onMessage: (listener) => void client.on('message', listener),
    onConnection: (listener) => void listeners.push(listener),
    get connected() {
      return client.status === 'ready';
    },
    replace: () => replace(client),
    close() {
      stopBeating();
      client.disconnect();
    },
  };
}

/** Gives {@link awaitAnswer}, which also replaces the connection after {@link MOST_LATE} late answers in a row. */
function replacingSilent(client: Redis): typeof awaitAnswer {
  let late = 0;
  return async (command) => {
    const readBefore = bytesRead(client);
    try {
      const answer = await awaitAnswer(command);
      late = 0;
      return answer;
    } catch (error) {
      const isLate = error instanceof StoreUnavailable && error.reason === 'late';
      late = isLate && (await isSilentSince(client, readBefore)) ? late + 1 : 0;
      if (late === MOST_LATE) {
        late = 0;
        replace(client);
      }
      throw error;
    }
  };
}

/** Asks the server for a sign of life every `everyMs`. Replaces the connection if none comes. */
function beat(client: Redis, everyMs: number): () => void {
  let isAsking = false;
  const ask = async () => {
    if (isAsking || client.status !== 'ready') return;
    isAsking = true;
    const readBefore = bytesRead(client);
    try {
      await client.ping();
    } catch (error) {
      if (reasonOf(error as Error) === 'late' && (await isSilentSince(client, readBefore))) replace(client);
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void ask(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

const bytesRead = ({ stream }: Redis): number => stream?.bytesRead ?? 0;

/**
 * Tells whether nothing has come over the connection since then. After a stall of this process its timers fire before it reads
 * what has come meanwhile, so it reads first.
 */
async function isSilentSince(client: Redis, readBefore: number): Promise<boolean> {
  await turn();
  return bytesRead(client) === readBefore;
}

/** Closes the connection at once: a silent peer would never answer a proper close. The client then connects again. */
const replace = ({ stream }: Redis): void => void stream?.destroy();

function open(
  address: RedisAddress,
  { name, commandTimeoutMs, changes = [] }: ConnectOptions,
): ScriptedRedis {
  const common = {
    connectionName: name,
    disableClientInfo: true,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 1000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, 500),
    scripts: loadScripts(changes),
  };
  return ('url' in address
    ? new Redis(address.url, common)
    : new Follower({ ...common, ...followerOptions(address) })) as unknown as ScriptedRedis;
}

function loadScripts(changes: readonly ScriptChange[]) {
  return Object.fromEntries(
    Object.entries(SCRIPTS).map(([name, numberOfKeys]) => [
      commandOf(name as Script),
      { numberOfKeys, lua: scriptText(name, changes) },
    ]),
  );
}

const tableOf = (answer: unknown): Reply => (Array.isArray(answer) ? answer : [answer as string | number]);

async function runIdOf(client: Redis): Promise<string | undefined> {
  const info = await client.info('server').catch(() => '');
  return /^run_id:(\w+)/m.exec(info)?.[1];
}

/** The replies of a server that cannot serve now. Other error replies mean a mistake in the command. */
const CANNOT_SERVE =
  /^(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|OOM|UNKILLABLE)\b/;

/**
 * Awaits a command. Turns a reply that calls it mistaken into {@link StoreRefused}, any other error into
 * {@link StoreUnavailable}.
 */
async function awaitAnswer<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (cause) {
    const { message } = cause as Error;
    if (cause instanceof ReplyError && !CANNOT_SERVE.test(message))
      throw new StoreRefused(`Redis refuses the command: ${message}`, { cause });
    throw new StoreUnavailable(`Redis does not answer: ${message}`, {
      cause,
      reason: reasonOf(cause as Error),
    });
  }
}

function reasonOf(error: Error): Unavailable {
  if (error instanceof ReplyError) return 'cannot-serve';
  return error.message === 'Command timed out' ? 'late' : 'disconnected';
}
