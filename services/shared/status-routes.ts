import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export interface Status {
  readonly registry: Registry;
  /** Whether it has what it needs to be given work; without it, always. */
  readonly ready?: () => boolean;
}

/** What every service answers alike: whether it lives, whether it is ready, and what it has counted. */
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
