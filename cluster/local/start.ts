import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENTS_OF_REPLICAS } from '../../record/files/run-folder.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { ClusterSpec } from '../cluster.ts';
import { reservePorts } from '../ports.ts';
import { startReaper } from '../reaper.ts';
import { LocalCluster, refresherNamed, replicaNamed } from './local-cluster.ts';
import { portsOfLocks, withLockServers } from './locks.ts';
import { HOST, type LocalPlan, originMember } from './members.ts';
import { portsOfProxies, proxyMember, requireProxy } from './proxies.ts';
import { redisServerCommand } from './redis-server.ts';
import { portsOfStore, sentinelStore, singleStore } from './store.ts';

/**
 * The cluster as processes on this machine: a real redis-server, the origin and the replicas, on loopback. When
 * anything does not start, what did is ended. With `stay` it outlives the lab; otherwise nothing does.
 */
export async function startLocalCluster(
  spec: ClusterSpec,
  { stay = false }: { readonly stay?: boolean } = {},
): Promise<LocalCluster> {
  const { settings, folder } = spec;
  if (stay && settings.store !== 'single')
    throw new UsageError(
      `STORE=${settings.store} needs links that the lab itself carries where it runs as processes, and they end with it. Allowed here: single. Type: make up, or make up STORE=${settings.store} RUNTIME=compose`,
    );
  const redisCommand = redisServerCommand();
  requireProxy(settings);
  const counts = [
    1,
    settings.replicas,
    portsOfStore(settings),
    portsOfLocks(settings),
    settings.refreshers,
    portsOfProxies(settings),
  ];
  const ports = await reservePorts(
    counts.reduce((a, b) => a + b),
    settings.port,
  );
  spec.onStart();
  const [
    [originPort = 0] = [],
    appPorts = [],
    storePorts = [],
    lockPorts = [],
    refresherPorts = [],
    proxyPorts = [],
  ] = counts.map((count) => ports.splice(0, count));
  const plan: LocalPlan = {
    settings,
    folder,
    events: join(folder, EVENTS_OF_REPLICAS),
    logs: join(folder, 'logs'),
    originUrl: `http://${HOST}:${originPort}`,
  };
  await mkdir(plan.logs, { recursive: true });

  const names = appPorts.map(replicaNamed);
  const askers = [...names, ...refresherPorts.map(refresherNamed)];
  const values =
    settings.store === 'single'
      ? singleStore(plan, redisCommand, storePorts)
      : await sentinelStore(plan, redisCommand, storePorts, names);
  const store = withLockServers(values, plan, redisCommand, lockPorts);
  const replicas = appPorts.map((port, index) => ({ name: replicaNamed(port, index), host: HOST, port }));
  const places = proxyPorts.map((port, index) => ({
    name: `proxy-${index + 1}`,
    host: HOST,
    port,
    replicas,
  }));
  const proxies = await Promise.all(places.map((place) => proxyMember(plan, place)));
  const cluster = new LocalCluster(spec, plan, { store, places }, stay ? undefined : startReaper());
  const enlisted = [
    [cluster.enlist(originMember(plan, originPort, askers))],
    ...store.groups.map((group) => group.map((member) => cluster.enlist(member))),
    appPorts.map((port) => cluster.enlistReplica(port)),
    refresherPorts.map((port) => cluster.enlistRefresher(port)),
    proxies.map((member) => cluster.enlist(member)),
  ];
  try {
    for (const group of enlisted) await Promise.all(group.map((member) => member.start(spec.signal)));
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}
