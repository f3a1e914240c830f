import { totalmem } from 'node:os';
import { z } from 'zod';
import { leaseBackends } from '../../backends/locks/index.ts';
import { proxies } from '../../cluster/proxies/index.ts';
import { faultNamed, faults } from '../../faults/index.ts';
import type { Presets } from '../../faults/support/expectation.ts';
import { ablationNamed, ablations } from '../../mutants/index.ts';
import { spell } from '../../record/duration.ts';
import { appHeaders } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { strategies } from '../../strategies/index.ts';

/** What one parameter is: its schema says what is allowed, in the words of an error message. */
interface Parameter<T> {
  readonly schema: z.ZodType<T, string>;
  readonly preset: string;
  readonly allowed: string;
  readonly about: string;
}

/** About what a replica takes, with its share of everything else. */
const MB_PER_REPLICA = 150;
const mostReplicas = Math.min(64, Math.max(1, Math.floor((totalmem() * 0.75) / (MB_PER_REPLICA * 2 ** 20))));

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };

function duration(leastMs: number, mostMs: number, preset: string, about: string): Parameter<number> {
  const schema = z.string().transform((text, context) => {
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
    const ms = Math.round(Number(digits) * (UNITS[unit] ?? Number.NaN));
    if (!(ms >= leastMs && ms <= mostMs)) context.addIssue('not allowed');
    return ms;
  });
  return {
    schema,
    preset,
    about,
    allowed: `a duration from ${spell(leastMs)} to ${spell(mostMs)}, such as 200ms or 3s`,
  };
}

function number(least: number, most: number, preset: string, about: string, whole = true): Parameter<number> {
  const schema = z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most && (!whole || Number.isInteger(value)));
  return { schema, preset, about, allowed: `a ${whole ? 'whole ' : ''}number from ${least} to ${most}` };
}

function choice<T extends string>(options: readonly T[], preset: T, about: string): Parameter<T> {
  return {
    schema: z.enum(options) as unknown as z.ZodType<T, string>,
    preset,
    about,
    allowed: options.join(', '),
  };
}

function listOf(options: readonly string[], preset: string, about: string): Parameter<readonly string[]> {
  const schema = z
    .string()
    .transform((text) => (text === 'all' ? options : text.split(',')))
    .refine((chosen) => chosen.every((option) => options.includes(option)));
  return { schema, preset, about, allowed: `all, or some of ${options.join(',')}` };
}

const names = strategies.map(({ name }) => name);

/** Every parameter: a make variable (`TTL=3s`) and a flag (`--ttl 3s`) alike. */
export const PARAMETERS = {
  STRATEGY: choice(names, 'lock', 'how the replicas guard the hot key'),
  STRATEGIES: listOf(names, 'all', 'compare: which; none is always among them'),
  REPLICAS: number(1, mostReplicas, '4', 'app processes that share one Redis'),
  TTL: duration(100, 3_600_000, '3s', 'how long a value is fresh'),
  TTL_JITTER: number(0, 0.9, '0', 'spread of the TTL, as a share of it; make jitter: 0.1', false),
  KEYS: number(2, 10_000, '200', 'jitter: how many keys are filled together'),
  RECOMPUTE: duration(0, 60_000, '200ms', 'what the origin takes to make a value'),
  RATE: number(1, 5000, '1000', 'requests a second over all replicas'),
  EXPIRIES: number(1, 10_000, '10', 'expiries to judge, after one of warm-up'),
  BETA: number(0.1, 10, '1', 'XFetch: above 1 recomputes earlier', false),
  LEASE: duration(100, 600_000, '1s', 'how long a lock lasts without renewal'),
  REFRESHERS: number(1, 16, '2', 'refresh-ahead: processes that refresh'),
  REFRESH_INTERVAL: duration(50, 3_600_000, '500ms', 'refresh-ahead: how often each looks'),
  LEASE_BACKEND: choice(leaseBackends, 'redis', 'what the lock is made of'),
  GRACE: duration(0, 3_600_000, '30s', 'how long a stale value is kept for a failing origin'),
  PROXY: choice(
    ['none', ...proxies.map(({ name }) => name)],
    'none',
    'a collapsing proxy in front of the replicas',
  ),
  PROXIES: number(1, 2, '1', 'PROXY: how many, each over all replicas'),
  PROXY_GRACE: duration(0, 3_600_000, '0ms', 'PROXY: stale-while-revalidate, in whole seconds'),
  APP_HEADERS: choice(appHeaders, 'right', 'PROXY: what the replicas tell it to keep'),
  STALE_OK: duration(0, 3_600_000, '2s', 'advise: how long past its TTL a value may be served'),
  BACKOFF: duration(10, 60_000, '500ms', 'how long the fleet leaves a failing origin alone'),
  STORE: choice<'single' | 'sentinel'>(
    ['single', 'sentinel'],
    'single',
    'Redis alone, or a primary, replicas and three Sentinels',
  ),
  STORE_REPLICAS: number(1, 3, '1', 'STORE=sentinel: Redis replicas'),
  MIN_REPLICAS: number(0, 3, '0', 'min-replicas-to-write of the Redis servers'),
  WAIT: number(0, 3, '0', 'Redis replicas that must have a grant before it counts'),
  SINGLE_FLIGHT: choice(['on', 'off'], 'on', 'off: no sharing of recomputes within a replica'),
  RECOMPUTE_JITTER: number(0, 1, '0', 'spread of the recompute time, as a share of it', false),
  ORIGIN_CAPACITY: number(0, 10_000, '0', 'recomputes the origin runs at once, 0: no limit'),
  FAULT: choice(['none', ...faults.map(({ name }) => name)], 'none', 'what befalls the cluster under load'),
  ABLATE: choice(
    ['none', ...ablations.map(({ name }) => name)],
    'none',
    'the guard to take out; ablate: only this one',
  ),
  REPEAT: number(1, 1000, '1', 'how often the run is done'),
  TRIALS: number(3, 1000, '3', 'compare: runs of each strategy'),
  SEED: number(0, 4_294_967_295, '1', 'of all that is random'),
  PORT: number(0, 65_000, '0', 'first of the ports to use, 0: any that are free'),
  RUN: {
    schema: z.string().min(1),
    preset: 'results/latest',
    allowed: 'the folder of a run',
    about: 'judge: the run',
  },
  RUNTIME: choice<'auto' | 'local' | 'compose'>(
    ['auto', 'local', 'compose'],
    'auto',
    'processes, or containers; auto: those if Docker answers',
  ),
  BOARDS: choice<'on' | 'off'>(['on', 'off'], 'on', 'up, as containers: with Prometheus and Grafana'),
} as const satisfies Record<string, Parameter<unknown>>;

type Name = keyof typeof PARAMETERS;

/** The parameters' values: durations in ms, `SINGLE_FLIGHT` as on or off. */
export type Values = { readonly [N in Name]: z.output<(typeof PARAMETERS)[N]['schema']> };

export const flagOf = (name: string): string => `--${name.toLowerCase().replaceAll('_', '-')}`;

/**
 * The values for what was typed: `NAME=value` pairs and `--name value` flags; the environment counts where neither is
 * given, and what an ablation or a fault presets where neither does. Throws {@link UsageError} at the first thing that is off, before anything is started.
 */
export function valuesFrom(
  command: string,
  typed: readonly string[],
  environment: NodeJS.ProcessEnv,
): Values {
  const given = typedPairs(command, typed);
  const presets: Presets = {
    ...faultNamed(given.get('FAULT') ?? environment.FAULT)?.presets,
    ...ablationNamed(given.get('ABLATE') ?? environment.ABLATE)?.presets,
  };
  const values = Object.entries(PARAMETERS).map(([name, parameter]) => {
    const text = given.get(name) ?? environment[name] ?? presets[name] ?? parameter.preset;
    const parsed = parameter.schema.safeParse(text);
    if (!parsed.success) {
      throw new UsageError(
        `${name}=${text} is not allowed: ${parameter.allowed}. Type: make ${command} ${name}=${parameter.preset}`,
      );
    }
    return [name, parsed.data];
  });
  return Object.fromEntries(values) as Values;
}

/** Name and text of everything typed. */
function typedPairs(command: string, typed: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  const words = [...typed];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, flag, pair, inline] = /^(?:--([a-z][a-z-]*)|(\w+))(?:=(.*))?$/s.exec(word) ?? [];
    const name = (flag ?? pair ?? word).toUpperCase().replaceAll('-', '_');
    const text = inline ?? (flag ? words.shift() : undefined);
    if (!(name in PARAMETERS) || (pair && pair !== name)) {
      throw new UsageError(
        `${word} is not a parameter: ${Object.keys(PARAMETERS).join(', ')}. Type: make help`,
      );
    }
    if (text === undefined)
      throw new UsageError(
        `${word} has no value. Type: make ${command} ${name}=${PARAMETERS[name as Name].preset}`,
      );
    given.set(name, text);
  }
  return given;
}
