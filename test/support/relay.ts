import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { connectRedis, type IoRedisPort } from '../../backends/redis/ioredis/connection.ts';
import type { ScriptChange } from '../../backends/redis/ioredis/scripts.ts';
import type { Relays } from '../../cluster/cluster.ts';
import { LOOPBACK, reserveAny } from '../../cluster/ports.ts';
import { relayAt } from '../../cluster/relay.ts';
import { Holds } from '../../services/relay/holds.ts';
import { Route } from '../../services/relay/routes.ts';
import { scriptCalls } from '../../services/relay/script-calls.ts';
import { relayServer } from '../../services/relay/server.ts';
import { until } from './within.ts';

const MEMBERS = ['app-1', 'app-2'];
/** Longer than any test: what is held is no outage here. */
const PATIENCE_MS = 15_000;

export interface StartedRelay {
  /** Of its orders. */
  readonly url: string;
  readonly relay: Relays;
  /** Counts the orders under way. */
  orders(): Promise<number>;
  /** The port of a member's way. */
  portOf(member: string): number;
  /** Connects a member's own client through the relay. The relay's close closes it. */
  connect(member: string, changes?: readonly ScriptChange[]): Promise<IoRedisPort>;
  close(): Promise<void>;
}

/** Starts the relay of app-1 and app-2 in this process, in front of the Redis at this URL. */
export async function startRelay(
  redisUrl: string,
  changes: readonly ScriptChange[] = [],
): Promise<StartedRelay> {
  const { hostname: host, port } = new URL(redisUrl);
  const holds = new Holds();
  const readCall = scriptCalls([changes]);
  const tools = { now: () => performance.now(), random: Math.random };
  const reserved = await reserveAny(MEMBERS.length);
  const ports = new Map(MEMBERS.map((member, index) => [member, reserved.ports[index] as number]));
  const portOf = (member: string) => ports.get(member) as number;
  const routes = new Map(
    MEMBERS.map((member) => [
      member,
      new Route({ member, redis: { host, port: Number(port) }, readCall, holds, tools }),
    ]),
  );
  for (const [member, route] of routes) await route.listen({ host: LOOPBACK, port: portOf(member) });
  const server = relayServer({ run: 'a run', holds, routes, logger: false });
  await server.listen({ host: LOOPBACK, port: 0 });
  const url = `http://${LOOPBACK}:${(server.server.address() as AddressInfo).port}`;
  const clients: IoRedisPort[] = [];
  return {
    url,
    relay: relayAt(url),
    orders: promisify(server.server.getConnections.bind(server.server)),
    portOf,
    async connect(member, changes = []) {
      const options = { name: member, commandTimeoutMs: PATIENCE_MS, changes };
      const client = connectRedis({ url: `redis://${LOOPBACK}:${portOf(member)}` }, options);
      clients.push(client);
      await until('a connection', () => client.connected);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      for (const route of routes.values()) route.close();
      await server.close();
      reserved.release();
    },
  };
}
