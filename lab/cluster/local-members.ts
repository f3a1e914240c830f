import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEDGER } from '../recording.ts';
import type { Settings } from '../settings.ts';
import type { MemberSpec } from './member.ts';
import { serves } from './serves.ts';

export const HOST = '127.0.0.1';

/** What every process of a local cluster is started with. */
export interface LocalPlan {
  readonly settings: Settings;
  readonly folder: string;
  /** Where the replicas' events and everybody's logs go. */
  readonly events: string;
  readonly logs: string;
  readonly originUrl: string;
}

const service = (name: string) => fileURLToPath(new URL(`../../services/${name}/main.ts`, import.meta.url));
const logOf = ({ logs }: LocalPlan, name: string) => join(logs, `${name}.log`);

/** A Redis server on the given port, with nothing in it and nothing kept on disk. */
export function redisMember(
  plan: LocalPlan,
  { name, command, port, args = [] }: { name: string; command: string; port: number; args?: string[] },
): MemberSpec {
  const inMemory = ['--save', '', '--appendonly', 'no', '--dir', plan.folder];
  return {
    name,
    command,
    args: ['--port', `${port}`, '--bind', HOST, ...inMemory, ...args],
    env: {},
    logPath: logOf(plan, name),
    ready: () => serves(`redis://${HOST}:${port}`),
  };
}

export function originMember(plan: LocalPlan, port: number, askers: readonly string[]): MemberSpec {
  const { settings, folder, originUrl } = plan;
  return {
    name: 'origin',
    command: process.execPath,
    args: [service('origin')],
    env: {
      HOST,
      PORT: `${port}`,
      LEDGER: join(folder, LEDGER),
      RECOMPUTE_MS: `${settings.recomputeMs}`,
      RECOMPUTE_JITTER: `${settings.recomputeJitter}`,
      CAPACITY: `${settings.originCapacity}`,
      ASKERS: askers.join(','),
      SEED: `${settings.seed}`,
    },
    logPath: logOf(plan, 'origin'),
    ready: () => serves(originUrl),
  };
}

/** A replica. `stores`: the addresses of what it stands on, as its environment names them. */
export function appMember(
  plan: LocalPlan,
  { name, port, stores }: { name: string; port: number; stores: Readonly<Record<string, string>> },
): MemberSpec {
  const { settings } = plan;
  const drainMs = drainMsFor(settings);
  return {
    name,
    command: process.execPath,
    args: [service('app')],
    env: {
      NAME: name,
      HOST,
      PORT: `${port}`,
      STRATEGY: settings.strategy,
      ABLATE: settings.ablate ?? 'none',
      ORIGIN: plan.originUrl,
      EVENTS: join(plan.events, `${name}.jsonl`),
      TTL_MS: `${settings.ttlMs}`,
      TTL_JITTER: `${settings.ttlJitter}`,
      GRACE_MS: `${settings.graceMs}`,
      LEASE_MS: `${settings.leaseMs}`,
      BETA: `${settings.beta}`,
      SINGLE_FLIGHT: settings.singleFlight ? 'on' : 'off',
      BACKOFF_MS: `${settings.backoffMs}`,
      DRAIN_MS: `${drainMs}`,
      SEED: `${settings.seed}`,
      ...stores,
    },
    logPath: logOf(plan, name),
    drainMs,
    ready: () => serves(`http://${HOST}:${port}`),
  };
}

/** A waiter's longest wait, and time for idle connections to be told. */
const drainMsFor = ({ leaseMs, recomputeMs }: Settings) => 3000 + leaseMs + 2 * recomputeMs;
