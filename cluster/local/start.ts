import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENTS_OF_REPLICAS } from '../../record/files/run-folder.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { ClusterSpec } from '../cluster.ts';
import { reservePorts } from '../ports.ts';
import { startReaper } from '../reaper.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { topology } from '../topology.ts';
import { LocalCluster } from './local-cluster.ts';
import { Placement } from './placement.ts';
import { requireProxy } from './proxies.ts';
import { redisServerCommand } from './redis-server.ts';

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
  const members = topology(settings, leaseGround(settings));
  const placement = new Placement(members, await reservePorts(Placement.portsFor(members), settings.port));
  spec.onStart();
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const ground = { folder, events: join(folder, EVENTS_OF_REPLICAS), logs, redisCommand, placement };
  const reaper = stay ? undefined : startReaper();
  const cluster = new LocalCluster({ spec, topology: members, ground, reaper });
  try {
    await cluster.up();
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}
