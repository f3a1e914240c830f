import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { AppMetrics } from '../member/observe/metrics.ts';
import { statusRoutes } from '../shared/status-routes.ts';

export interface RefresherParts {
  readonly metrics: AppMetrics;
  readonly ready: () => boolean;
  readonly logger: boolean;
}

/** Makes a refresher's HTTP server: its health and its metrics. */
export function refresherServer({ metrics, ready, logger }: RefresherParts): FastifyInstance {
  const server = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  });
  statusRoutes(server, { registry: metrics.registry, ready });
  return server;
}
