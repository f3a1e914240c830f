import { z } from 'zod';
import { leaseBackends, mutexes } from '../../backends/locks/index.ts';
import type { Address, RedisAddress } from '../../backends/redis/ioredis/address.ts';
import { mutants, mutatedLease, mutatedStrategy } from '../../mutants/index.ts';
import { NONE } from '../../record/parameter.ts';
import { SETTINGS, STORE_TIMEOUT_MS } from '../../record/settings.ts';
import { strategies } from '../../strategies/index.ts';
import { env, serviceVariables } from '../shared/config.ts';
import { redisRoutes } from '../shared/redis-routes.ts';

const names = strategies.map(({ name }) => name);
const mutated = [NONE, ...mutants.map(({ name }) => name)];

const variables = z.object({
  // TTL_MS, BETA and all other variables of a run's settings. The table has their defaults and ranges.
  ...serviceVariables(SETTINGS, 'member'),
  /** Without a name the replica asks its network: see name.ts. */
  NAME: z
    .string()
    .regex(/^[\w-]+$/, { error: 'must be letters, digits, _ or -' })
    .optional(),
  /** The token of the run, which `/readyz` answers. Only the lab gives one. */
  RUN_TOKEN: env.token,
  HOST: env.host,
  PORT: env.port.default(8001),
  STRATEGY: z.enum(names, { error: `must be one of ${names.join(', ')}` }).default(SETTINGS.strategy.preset),
  /** The mutant: what is wrong with the process on purpose. */
  ABLATE: z.enum(mutated, { error: `must be one of ${mutated.join(', ')}` }).default(NONE),
  REDIS_URL: z.string().default('redis://127.0.0.1:6379').transform(redisAddress),
  /** The members that reach Redis through a relay. All members get the same list; each looks for its own name. */
  REDIS_ROUTES: redisRoutes,
  ORIGIN_URL: z.url().default('http://127.0.0.1:9000'),
  /** The file for the replica's events. With a / at the end: the folder for a file of the replica's name. Empty: none. */
  EVENTS: z.string().default(''),
  /** The lease backend. All but `redis` need `LOCK_SERVERS`, separated by commas. */
  LEASE_BACKEND: z
    .enum(leaseBackends, { error: `must be one of ${leaseBackends.join(', ')}` })
    .default(SETTINGS.leaseBackend.preset as 'redis'),
  LOCK_SERVERS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter(Boolean)),
  MAX_FAILURES: env.count(1, 1000).default(3),
  MAX_ROUNDS: env.count(1, 1000).default(8),
  PATIENCE_MS: env.ms(1).default(10_000),
  RECOMPUTE_CAP: env.count(1, 10_000).default(64),
  /** What the copies of `near-cache` may take. */
  COPIES_BYTES: env.count(1, 2 ** 30).default(2 ** 24),
  STORE_RETRY_MS: env.ms(1).default(250),
  REDIS_TIMEOUT_MS: env.ms(1).default(STORE_TIMEOUT_MS),
  /** How long open connections and recomputes in flight may delay a stop. */
  DRAIN_MS: env.ms().default(5000),
});

/** A replica's configuration, from its environment. Durations in ms. */
export const appConfig = variables
  .superRefine(({ LEASE_BACKEND, LOCK_SERVERS }, { addIssue }) => {
    if (LEASE_BACKEND === 'redis') return;
    const { accepts, allowed } = mutexes[LEASE_BACKEND];
    const message = `must be ${allowed} for LEASE_BACKEND=${LEASE_BACKEND}`;
    if (!accepts(LOCK_SERVERS)) addIssue({ code: 'custom', path: ['LOCK_SERVERS'], message });
  })
  .superRefine(({ ABLATE, STRATEGY, LEASE_BACKEND }, { addIssue }) => {
    const [strategy, lease] = [mutatedStrategy(ABLATE), mutatedLease(ABLATE)];
    if (ABLATE === NONE || (STRATEGY === strategy && LEASE_BACKEND === lease)) return;
    const message = `changes ${strategy}: only with STRATEGY=${strategy} and LEASE_BACKEND=${lease}`;
    addIssue({ code: 'custom', path: ['ABLATE'], message });
  });

/** A replica's configuration, with its name resolved. */
export type AppConfig = z.infer<typeof appConfig> & { readonly NAME: string };

/**
 * Reads `redis://host:port` or `sentinel://host:port,host:port/name`. The latter may end in `?announced=reached,…`: pairs of
 * addresses, for servers that you do not reach at the address that the Sentinels announce.
 */
function redisAddress(text: string): RedisAddress {
  const sentinel = /^sentinel:\/\/([^/]+)\/(\w+)(?:\?(.+))?$/.exec(text);
  if (!sentinel) return { url: text };
  const [, hosts = '', name = '', elsewhere = ''] = sentinel;
  const pairs = elsewhere
    .split(',')
    .filter(Boolean)
    .map((pair) => pair.split('='));
  return {
    sentinels: hosts.split(',').map(addressFrom),
    name,
    natMap: Object.fromEntries(
      pairs.map(([announced = '', reached = '']) => [announced, addressFrom(reached)]),
    ),
  };
}

function addressFrom(text: string): Address {
  const [host = '', port = ''] = text.split(':');
  return { host, port: Number(port) };
}
