import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEDGER } from '../../record/files/run-folder.ts';
import type { Settings } from '../../record/settings.ts';
import { appEnvironment, drainMsFor, originEnvironment } from '../environment.ts';
import { serves } from '../serves.ts';
import type { MemberSpec } from './process-member.ts';

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
const logOf = ({ logs }: Pick<LocalPlan, 'logs'>, name: string) => join(logs, `${name}.log`);

/** A Redis server on the given port, with nothing in it and nothing kept on disk. */
export function redisMember(
  plan: Pick<LocalPlan, 'folder' | 'logs'>,
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
      ...originEnvironment(settings, askers),
    },
    logPath: logOf(plan, 'origin'),
    ready: () => serves(originUrl),
  };
}

/** Who it is, and `stores`: the addresses of what it stands on, as its environment names them. */
interface Placed {
  readonly name: string;
  readonly port: number;
  readonly stores: Readonly<Record<string, string>>;
}

/** A replica. */
export const appMember = (plan: LocalPlan, placed: Placed): MemberSpec => strategyMember('app', plan, placed);

/** A refresher: told the same as a replica. */
export const refresherMember = (plan: LocalPlan, placed: Placed): MemberSpec =>
  strategyMember('refresher', plan, placed);

function strategyMember(
  kind: 'app' | 'refresher',
  plan: LocalPlan,
  { name, port, stores }: Placed,
): MemberSpec {
  const { settings } = plan;
  return {
    name,
    command: process.execPath,
    args: [service(kind)],
    env: {
      NAME: name,
      HOST,
      PORT: `${port}`,
      ORIGIN_URL: plan.originUrl,
      EVENTS: join(plan.events, `${name}.jsonl`),
      ...appEnvironment(settings),
      ...stores,
    },
    logPath: logOf(plan, name),
    drainMs: drainMsFor(settings),
    ready: () => serves(`http://${HOST}:${port}`),
  };
}
