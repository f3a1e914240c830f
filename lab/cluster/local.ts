import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { LEDGER } from '../recording.ts';
import type { Cluster, ClusterFiles, ClusterSpec, Replica } from './cluster.ts';
import { type Guard, ProcessMember } from './member.ts';
import { reservePorts } from './ports.ts';
import { noGuard, startReaper } from './reaper.ts';
import { redisServerCommand } from './redis-server.ts';

const HOST = '127.0.0.1';
const service = (name: string) => fileURLToPath(new URL(`../../services/${name}/main.ts`, import.meta.url));

/**
 * The cluster as processes on this machine: a real redis-server, the origin and the replicas, on loopback. When
 * anything does not start, what did is ended. With `stay` it outlives the lab; otherwise nothing does.
 */
export async function startLocalCluster(spec: ClusterSpec, { stay = false } = {}): Promise<LocalCluster> {
  const { settings, folder, signal } = spec;
  const redisCommand = redisServerCommand();
  const ports = await reservePorts(settings.replicas + 2, settings.port);
  spec.onStart();
  const [redisPort = 0, originPort = 0, ...appPorts] = ports;
  await mkdir(join(folder, 'logs'), { recursive: true });

  const names = appPorts.map((_, index) => `app-${index + 1}`);
  const files: ClusterFiles = {
    ledger: join(folder, LEDGER),
    events: names.map((name) => join(folder, 'events', `${name}.jsonl`)),
    logs: join(folder, 'logs'),
  };
  const reaper = stay ? undefined : startReaper();
  const guard: Guard = reaper ?? noGuard;
  const member = (
    name: string,
    command: string,
    args: string[],
    env: Record<string, string>,
    ready: () => Promise<boolean>,
  ) =>
    new ProcessMember({ name, command, args, env, ready, logPath: join(files.logs, `${name}.log`) }, guard);

  const redisUrl = `redis://${HOST}:${redisPort}`;
  const originUrl = `http://${HOST}:${originPort}`;
  const redisArgs = [
    '--port',
    `${redisPort}`,
    '--bind',
    HOST,
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  const redis = member('redis', redisCommand, redisArgs, {}, () => answersPing(redisPort));
  const origin = member(
    'origin',
    process.execPath,
    [service('origin')],
    {
      HOST,
      PORT: `${originPort}`,
      LEDGER: files.ledger,
      RECOMPUTE_MS: `${settings.recomputeMs}`,
      RECOMPUTE_JITTER: `${settings.recomputeJitter}`,
      CAPACITY: `${settings.originCapacity}`,
      ASKERS: names.join(','),
      SEED: `${settings.seed}`,
    },
    () => isReady(originUrl),
  );
  const apps = names.map((name, index) => {
    const port = appPorts[index] as number;
    return member(
      name,
      process.execPath,
      [service('app')],
      {
        NAME: name,
        HOST,
        PORT: `${port}`,
        STRATEGY: settings.strategy,
        REDIS: redisUrl,
        ORIGIN: originUrl,
        EVENTS: files.events[index] as string,
        TTL_MS: `${settings.ttlMs}`,
        GRACE_MS: `${settings.graceMs}`,
        LEASE_MS: `${settings.leaseMs}`,
        BETA: `${settings.beta}`,
        SINGLE_FLIGHT: settings.singleFlight ? 'on' : 'off',
        BACKOFF_MS: `${settings.backoffMs}`,
        SEED: `${settings.seed}`,
      },
      () => isReady(`http://${HOST}:${port}`),
    );
  });

  const cluster = new LocalCluster({
    redis,
    origin,
    apps,
    signal,
    files,
    redisUrl,
    originUrl,
    appPorts,
    reaper,
  });
  try {
    await Promise.all([redis.start(signal), origin.start(signal)]);
    await Promise.all(apps.map((app) => app.start(signal)));
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}

interface LocalParts {
  readonly redis: ProcessMember;
  readonly origin: ProcessMember;
  readonly apps: readonly ProcessMember[];
  readonly signal: AbortSignal;
  readonly files: ClusterFiles;
  readonly redisUrl: string;
  readonly originUrl: string;
  readonly appPorts: readonly number[];
  readonly reaper: { dismiss(): void } | undefined;
}

export class LocalCluster implements Cluster {
  readonly runtime = 'local';
  readonly #parts: LocalParts;

  constructor(parts: LocalParts) {
    this.#parts = parts;
  }

  get members(): readonly ProcessMember[] {
    const { redis, origin, apps } = this.#parts;
    return [redis, origin, ...apps];
  }

  get replicas(): readonly Replica[] {
    return this.#parts.apps.map(({ spec, pid }, index) => ({
      name: spec.name,
      url: `http://${HOST}:${this.#parts.appPorts[index]}`,
      ...(pid !== undefined && { pid }),
    }));
  }

  get origin() {
    return { url: this.#parts.originUrl };
  }

  get redis() {
    return { url: this.#parts.redisUrl };
  }

  get files() {
    return this.#parts.files;
  }

  get casualties() {
    return this.members.filter(({ failed }) => failed).map(({ spec }) => spec.name);
  }

  async kill(member: string) {
    await this.#named(member).kill();
  }

  async pause(member: string) {
    this.#named(member).pause();
  }

  async resume(member: string) {
    this.#named(member).resume();
  }

  async restart(member: string) {
    await this.#named(member).start(this.#parts.signal);
  }

  async down() {
    const { redis, origin, apps, reaper } = this.#parts;
    await Promise.all(apps.map((app) => app.stop()));
    await Promise.all([redis.stop(), origin.stop()]);
    reaper?.dismiss();
  }

  #named(name: string): ProcessMember {
    const found = this.members.find(({ spec }) => spec.name === name);
    if (!found) throw new Error(`no member ${name}: ${this.members.map(({ spec }) => spec.name).join(', ')}`);
    return found;
  }
}

const isReady = async (url: string) =>
  (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) })).ok;

async function answersPing(port: number): Promise<boolean> {
  const redis = new Redis({
    host: HOST,
    port,
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 500,
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
}
