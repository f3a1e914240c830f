import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

export interface Drain {
  /** Whether the server drains, so that it should get no new clients. */
  readonly begun: boolean;
  /**
   * Takes the server out of service without failing a request. It accepts no new connection, still serves the open ones,
   * and closes each with its next answer, which says so. Resolves with true when all are closed and `settled` has
   * resolved. After `withinMs` it cuts those that are left and resolves with false.
   */
  drain(bounds: { readonly withinMs: number; readonly settled: () => Promise<void> }): Promise<boolean>;
}

/** Makes a server drainable. It must not listen yet. */
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
      // Not the HTTP server's close: that cuts idle connections at once, and a request may be on its way on any of them.
      const gone = new Promise<void>((resolve) => Server.prototype.close.call(listener, () => resolve()));
      const drained = gone.then(settled).then(() => true);
      const inTime = await Promise.race([drained, sleep(withinMs, false)]);
      listener.closeAllConnections();
      return inTime;
    },
  };
}
