import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../../record/settings.ts';
import type { RedisServer } from '../cluster.ts';
import {
  DOWN_AFTER_MS,
  FAILOVER_TIMEOUT_MS,
  isInSync,
  knowsEverybody,
  MAX_LAG_SECONDS,
  NAME,
  nearOf,
  QUORUM,
  SENTINELS,
} from '../sentinel.ts';
import { HOST, type LocalPlan, redisMember } from './members.ts';
import type { MemberSpec } from './process-member.ts';
import { Relay } from './relay.ts';

/** The Redis side of a local cluster. */
export interface LocalStore {
  readonly servers: readonly RedisServer[];
  /** What the lease stands on, where that is not one of them. */
  readonly lockServers?: readonly RedisServer[];
  /** What to start, one group after the other. */
  readonly groups: readonly (readonly MemberSpec[])[];
  /** Replicas on the first server's side of the network, in the face of a partition. */
  readonly near: readonly string[];
  /** How a replica reaches it, as its environment names it. */
  environmentOf(replica: string): Record<string, string>;
  /** What lies between the first server with its side, and everybody else. */
  readonly links: readonly Relay[];
}

/** Ports that the store of these settings needs. */
export const portsOfStore = ({ store, storeReplicas }: Settings): number =>
  store === 'single' ? 1 : 2 + 2 * storeReplicas + 2 * SENTINELS;

const at = (port: number) => `${HOST}:${port}`;

/** One server, which everybody reaches directly. */
export function singleStore(plan: LocalPlan, command: string, [port = 0]: readonly number[]): LocalStore {
  const url = `redis://${at(port)}`;
  return {
    servers: [{ name: 'redis', url }],
    groups: [[redisMember(plan, { name: 'redis', command, port })]],
    near: [],
    environmentOf: () => ({ REDIS_URL: url }),
    links: [],
  };
}

/**
 * A primary, its replicas and three Sentinels, in a network that can be parted: the primary and the first half of the
 * app replicas on one side, everybody else on the other. Each Redis server has one address that is announced; what
 * crosses the border goes through a {@link Relay}.
 */
export async function sentinelStore(
  plan: LocalPlan,
  command: string,
  ports: readonly number[],
  replicas: readonly string[],
): Promise<LocalStore> {
  const { settings } = plan;
  const take = [...ports];
  const next = () => take.shift() as number;
  const link = async (to: number) => {
    const relay = new Relay(to);
    const port = next();
    await relay.listen(port);
    return { relay, port };
  };
  const [primaryPort, ...replicaPorts] = Array.from({ length: 1 + settings.storeReplicas }, next) as [
    number,
    ...number[],
  ];
  const sentinelPorts = Array.from({ length: SENTINELS }, next);
  const toPrimary = await link(primaryPort);
  const toReplicas = await Promise.all(replicaPorts.map(link));
  const toSentinels = await Promise.all(sentinelPorts.map(link));

  const guarded = ['--min-replicas-to-write', `${settings.minReplicas}`];
  const announcing = (port: number) => [
    ...['--replica-announce-ip', HOST, '--replica-announce-port', `${port}`],
    ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
    ...[...guarded, '--min-replicas-max-lag', `${MAX_LAG_SECONDS}`],
  ];
  const primary = redisMember(plan, {
    name: 'redis-1',
    command,
    port: primaryPort,
    args: announcing(toPrimary.port),
  });
  const others = replicaPorts.map((port, index) => {
    const member = redisMember(plan, {
      name: `redis-${index + 2}`,
      command,
      port,
      args: [...announcing(port), '--replicaof', HOST, `${toPrimary.port}`],
    });
    return { ...member, ready: () => isInSync(`redis://${at(port)}`) };
  });
  const sentinels = await Promise.all(
    sentinelPorts.map((port, index) =>
      sentinelMember(plan, command, { index, port, primaryPort: toPrimary.port }),
    ),
  );

  const near = nearOf(replicas);
  const fromFar = `sentinel://${sentinelPorts.map(at).join(',')}/${NAME}`;
  const elsewhere = [
    `${at(toPrimary.port)}=${at(primaryPort)}`,
    ...toReplicas.map(({ port }, index) => `${at(replicaPorts[index] as number)}=${at(port)}`),
  ];
  const fromNear = `sentinel://${toSentinels.map(({ port }) => at(port)).join(',')}/${NAME}?${elsewhere.join(',')}`;
  return {
    servers: [primaryPort, ...replicaPorts].map((port, index) => ({
      name: `redis-${index + 1}`,
      url: `redis://${at(port)}`,
    })),
    groups: [[primary], others, sentinels],
    near,
    environmentOf: (replica) => ({
      REDIS_URL: near.includes(replica) ? fromNear : fromFar,
      WAIT_REPLICAS: `${settings.waitReplicas}`,
    }),
    links: [toPrimary, ...toReplicas, ...toSentinels].map(({ relay }) => relay),
  };
}

/** A Sentinel keeps its state in its configuration file. Ready once it knows the others and every replica. */
async function sentinelMember(
  plan: LocalPlan,
  command: string,
  { index, port, primaryPort }: { index: number; port: number; primaryPort: number },
): Promise<MemberSpec> {
  const name = `sentinel-${index + 1}`;
  const folder = join(plan.folder, name);
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    `bind ${HOST}`,
    `dir ${folder}`,
    `sentinel monitor ${NAME} ${HOST} ${primaryPort} ${QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${NAME} ${FAILOVER_TIMEOUT_MS}`,
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${lines.join('\n')}\n`);
  return {
    name,
    command,
    args: [file, '--sentinel'],
    env: {},
    logPath: join(plan.logs, `${name}.log`),
    ready: () => knowsEverybody(`redis://${at(port)}`, plan.settings.storeReplicas),
  };
}
