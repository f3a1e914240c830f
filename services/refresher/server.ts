import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { AppMetrics } from '../app/metrics.ts';

export interface RefresherParts {
  readonly metrics: AppMetrics;
  readonly ready: () => boolean;
  readonly logger: boolean;
}

/** A refresher's HTTP face: whether it is well, and its metrics. */
export function refresherServer({ metrics, ready, logger }: RefresherParts): FastifyInstance {
  const server = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  });
  server.get('/healthz', async () => ({ ok: true }));
  server.get('/readyz', async (_request, reply) => {
    if (!ready()) reply.code(503);
    return { ready: ready() };
  });
  server.get('/metrics', async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  return server;
}
