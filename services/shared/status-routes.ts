import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export interface Status {
  readonly registry: Registry;
  /** Tells whether the service can take work. Default: always. */
  readonly ready?: () => boolean;
}

/** Adds the routes that every service has: its health, its readiness and its metrics. */
export function statusRoutes(server: FastifyInstance, { registry, ready = () => true }: Status): void {
  server.get('/healthz', async () => ({ ok: true }));
  server.get('/readyz', async (_request, reply) => {
    const isReady = ready();
    if (!isReady) reply.code(503);
    return { ready: isReady };
  });
  server.get('/metrics', async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
}
