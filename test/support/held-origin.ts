import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An origin over HTTP that answers a recompute when the test says so. */
export interface HeldOrigin {
  readonly url: string;
  /** The questions so far: path and query. */
  readonly asked: readonly string[];
  /** Answers the oldest open question with this version. */
  answer(version: number): void;
  close(): Promise<void>;
}

export async function startHeldOrigin(): Promise<HeldOrigin> {
  const asked: string[] = [];
  const open: ServerResponse[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    if (!request.url?.startsWith('/recompute/')) return void response.writeHead(204).end();
    asked.push(request.url);
    open.push(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(version) {
      const body = JSON.stringify({ value: `value ${version}`, version, computedAt: Date.now() });
      open.shift()?.writeHead(200, { 'content-type': 'application/json' }).end(body);
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
