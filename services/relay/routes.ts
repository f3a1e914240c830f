import { connect, createServer, type Server, type Socket } from 'node:net';
import type { HostAndPort } from '../shared/redis-routes.ts';
import { Connection } from './connection.ts';
import { type Delay, type Delays, NO_DELAYS, type Traffic } from './delay.ts';
import type { Holds } from './holds.ts';
import type { LineTools } from './line.ts';
import type { ReadCall } from './script-calls.ts';

export interface RouteParts {
  readonly member: string;
  readonly redis: HostAndPort;
  readonly readCall: ReadCall;
  readonly holds: Holds;
  readonly tools: LineTools;
}

/** One member's way to Redis: a port of its own, and the connections that came through it. */
export class Route {
  readonly #parts: RouteParts;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #delays: Delays = NO_DELAYS;

  constructor(parts: RouteParts) {
    this.#parts = parts;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  async listen({ host, port }: HostAndPort): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, host, resolve);
    await promise;
    // A connection that cannot be accepted fails at its client.
    this.#server.removeAllListeners('error').on('error', () => {});
  }

  /** Lets go everything that is held. */
  release(): void {
    for (const connection of this.#connections) connection.release();
  }

  /** Cuts all connections. What was held or under way is lost. */
  drop(): void {
    for (const connection of this.#connections) connection.drop();
  }

  /** Delays one kind of traffic both ways, or both kinds; also on later connections. */
  delay(delay: Delay, of?: Traffic): void {
    this.#delays = of ? { ...this.#delays, [of]: delay } : { commands: delay, messages: delay };
    for (const connection of this.#connections) connection.delays = this.#delays;
  }

  close(): void {
    this.#server.close();
    this.drop();
  }

  #accept(client: Socket): void {
    const { redis, ...parts } = this.#parts;
    const upstream = connect({ ...redis, allowHalfOpen: true });
    const connection = new Connection({ ...parts, client, upstream, delays: this.#delays });
    this.#connections.add(connection);
    client.on('close', () => this.#connections.delete(connection));
  }
}
