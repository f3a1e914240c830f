import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Redis } from 'ioredis';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { LABEL, removedWithUs } from './container-guard.ts';
import type { RedisServer } from './test-redis.ts';
import { until } from './within.ts';

const PINS = parseEnv(readFileSync(new URL('../../.env', import.meta.url), 'utf8'));
export const REDIS_IMAGE = process.env.REDIS_IMAGE || PINS.REDIS_IMAGE || '';

const PORT = 6379;
const SERVER = ['redis-server', '--save', '', '--appendonly', 'no', '--protected-mode', 'no'];
/** The container outlives its server: to start another in it takes a tenth of a second, a container a whole one. */
const SERVER_ONCE = ['sh', '-c', '"$@"; exec sleep infinity', 'sh', ...SERVER];

// What a dead process leaves is removed by the guard, at once and without another image.
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';

/** Containers of this process that no test has now. */
const idle: RedisContainer[] = [];

/** One of testcontainers, used again once it is stopped: cleared, and with none of its clients left. */
export async function startRedisContainer(): Promise<RedisServer> {
  const container = idle.pop();
  if (!container) return new RedisContainer(await start());
  await container.clear();
  return container;
}

async function start(): Promise<StartedTestContainer> {
  const session = removedWithUs();
  try {
    return await new GenericContainer(REDIS_IMAGE)
      .withCommand(SERVER_ONCE)
      .withExposedPorts(PORT)
      .withLabels({ [LABEL]: session })
      .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
      .start();
  } catch (cause) {
    throw new Error(
      `no container of ${REDIS_IMAGE}: ${(cause as Error).message}. A redis-server of this machine: TEST_REDIS=local`,
      { cause },
    );
  }
}

class RedisContainer implements RedisServer {
  readonly url: string;
  readonly #container: StartedTestContainer;
  #killed = false;
  #frozen = false;

  constructor(container: StartedTestContainer) {
    this.#container = container;
    this.url = `redis://${container.getHost()}:${container.getMappedPort(PORT)}`;
  }

  async kill() {
    await this.thaw();
    this.#killed = true;
    await this.#tell(async (redis) => {
      redis.shutdown('NOSAVE').catch(() => {});
      await once(redis, 'end');
    });
  }

  async restart() {
    const { exitCode, output } = await this.#container.exec([...SERVER, '--daemonize', 'yes']);
    if (exitCode !== 0) throw new Error(`redis-server was not started again: ${output}`);
    await until('a connection', () => this.#tell((redis) => redis.ping()).catch(() => false));
    this.#killed = false;
  }

  async freeze() {
    this.#frozen = true;
    await (await this.#atEngine()).pause();
  }

  async thaw() {
    if (!this.#frozen) return;
    this.#frozen = false;
    await (await this.#atEngine()).unpause();
  }

  // Bound, so that a test can hand it on as it is.
  readonly stop = async (): Promise<void> => {
    if (!idle.includes(this)) idle.push(this);
  };

  async clear() {
    await this.thaw();
    if (this.#killed) return this.restart();
    await this.#tell(async (redis) => {
      for (const type of ['normal', 'pubsub']) await redis.call('CLIENT', 'KILL', 'TYPE', type);
      await redis.flushall();
      await redis.script('FLUSH');
      await redis.config('RESETSTAT');
    });
  }

  async #atEngine() {
    const { container } = await getContainerRuntimeClient();
    return container.getById(this.#container.getId());
  }

  async #tell<T>(what: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { retryStrategy: () => null });
    // Told by the command that it fails.
    redis.on('error', () => {});
    try {
      return await what(redis);
    } finally {
      redis.disconnect();
    }
  }
}
