import { once } from 'node:events';
import { type AddressInfo, createServer, connect as open, type Socket } from 'node:net';

/** A way to Redis that a test can make silent: connections stay up, and what is sent is lost. */
export interface MutedRedis {
  readonly url: string;
  /** From now on loses what clients send to Redis (`calls`), or what Redis answers (`replies`). */
  lose(what: 'calls' | 'replies'): void;
  /** From now on loses everything on the connections that there are; new ones work. So does a router that forgot them. */
  forgetConnections(): void;
  /** From now on new connections lead to the Redis at this address. */
  leadTo(redisUrl: string): void;
  /** How many connections clients have made so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts a way to the Redis at this address. Whoever starts it closes it. */
export async function startMutedRedis(redisUrl: string): Promise<MutedRedis> {
  let redisAt = new URL(redisUrl);
  const lost = new Set<'calls' | 'replies'>();
  const sockets = new Set<Socket>();
  const forgotten = new WeakSet<Socket>();
  let connections = 0;
  const pass = (from: Socket, to: Socket, what: 'calls' | 'replies') => {
    sockets.add(from);
    from.on('data', (data) => {
      if (!lost.has(what) && !forgotten.has(from)) to.write(data);
    });
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    connections += 1;
    const redis = open(Number(redisAt.port), redisAt.hostname);
    pass(client, redis, 'calls');
    pass(redis, client, 'replies');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: (what) => void lost.add(what),
    forgetConnections() {
      for (const socket of sockets) forgotten.add(socket);
    },
    leadTo(redisUrl) {
      redisAt = new URL(redisUrl);
    },
    get connections() {
      return connections;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
