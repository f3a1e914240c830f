import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { LOOPBACK, reserveAny } from '../../cluster/ports.ts';

const ANSWER = '{"by":"app-1","served":"hit","version":1,"degraded":false,"answeredAt":0}';

/** A stand-in for a replica: it says whether it is ready, and answers for every key. It keeps its port while it is closed. */
export class StageReplica {
  readonly port: number;
  readonly url: string;
  /** Undefined: it does not answer that. */
  isReady: boolean | undefined = true;
  /** Of every answer for a key. */
  status = 200;
  /** How often it was asked for a key, by the host that the client named. */
  readonly askedAs = new Map<string, number>();
  #server: Server | undefined;

  private constructor(port: number) {
    this.port = port;
    this.url = `http://${LOOPBACK}:${port}`;
  }

  static async start(): Promise<StageReplica> {
    const { ports } = await reserveAny(1);
    const replica = new StageReplica(ports[0] as number);
    await replica.open();
    return replica;
  }

  /** How often it was asked for a key. */
  get asked(): number {
    return [...this.askedAs.values()].reduce((sum, count) => sum + count, 0);
  }

  async open(): Promise<void> {
    this.#server = createServer(({ url, headers: { host = '' } }, response) => {
      if (url === '/readyz') {
        response.statusCode = this.isReady ? 200 : 503;
        if (this.isReady !== undefined) response.end();
      } else {
        this.askedAs.set(host, (this.askedAs.get(host) ?? 0) + 1);
        response.statusCode = this.status;
        response.end(ANSWER);
      }
    });
    this.#server.listen(this.port, LOOPBACK);
    await once(this.#server, 'listening');
  }

  /** Closes all connections, and refuses new ones. Safe to call twice. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
