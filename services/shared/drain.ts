import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

export interface Drain {
  /** Whether the server is on its way out: it is not to be given new clients. */
  readonly begun: boolean;
  /**
   * Takes the server out of service without failing a request: no new connection is accepted; those that are open are
   * served as ever, and each is closed with its next answer, which says so. Ends when all are gone and `settled` has
   * come about; after `withinMs` whatever is left is cut. Gives whether nothing had to be.
   */
  drain(bounds: { readonly withinMs: number; readonly settled: () => Promise<void> }): Promise<boolean>;
}

/** Makes a server that is not listening yet one that can be drained. */
export function drainable(server: FastifyInstance): Drain {
  let begun = false;
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (begun) reply.header('connection', 'close');
    done();
  });
  return {
    get begun() {
      return begun;
    },
    async drain({ withinMs, settled }) {
      begun = true;
      const listener = server.server;
      // Not the HTTP server's own close, which cuts idle connections at once: a request may be on its way on any of them.
      const gone = new Promise<void>((resolve) => Server.prototype.close.call(listener, () => resolve()));
      const drained = gone.then(settled).then(() => true);
      const inTime = await Promise.race([drained, sleep(withinMs, false)]);
      listener.closeAllConnections();
      return inTime;
    },
  };
}
