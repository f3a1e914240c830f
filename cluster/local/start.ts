import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENTS } from '../../record/files/run-folder.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { ClusterSpec } from '../cluster.ts';
import { reserveAny, reservePorts } from '../ports.ts';
import { startReaper } from '../reaper.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { topology } from '../topology.ts';
import { LocalCluster } from './local-cluster.ts';
import { Placement } from './placement.ts';
import { requireProxy } from './proxies.ts';
import { redisServerCommand } from './redis-server.ts';

/**
 * The cluster as processes on this machine: a real redis-server, the origin and the replicas, on loopback. When
 * anything does not start, what did is ended. It ends with the lab, unless the lab calls `letLive`; with `stay` it is
 * prepared for that.
 */
export async function startLocalCluster(
  spec: ClusterSpec,
  { stay = false }: { readonly stay?: boolean } = {},
): Promise<LocalCluster> {
  const { settings, folder, token } = spec;
  if (stay && settings.store !== 'single')
    throw new UsageError(
      `STORE=${settings.store} needs links that the lab itself carries where it runs as processes, and they end with it. Allowed here: single. Type: make up, or make up STORE=${settings.store} RUNTIME=compose`,
    );
  const redisCommand = redisServerCommand();
  requireProxy(settings);
  const members = topology(settings, leaseGround(settings), token);
  const count = Placement.portsFor(members);
  const ports = await (settings.port === 0 ? reserveAny(count) : reservePorts(count, settings.port));
  const logs = join(folder, 'logs');
  try {
    spec.onStart();
    await mkdir(logs, { recursive: true });
    // The user's own service writes none, and the folder is part of a run all the same.
    await mkdir(join(folder, EVENTS), { recursive: true });
  } catch (error) {
    ports.release();
    throw error;
  }
  const placement = new Placement(members, ports.ports);
  const ground = { folder, events: join(folder, EVENTS), logs, redisCommand, placement, token };
  const cluster = new LocalCluster({ spec, topology: members, ground, ports, reaper: startReaper() });
  try {
    await cluster.up();
    if (stay) await cluster.rotateLogs();
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}
