import type { FastifyInstance } from 'fastify';
import type { EventJournal } from '../member/observe/journal.ts';
import type { AppMetrics } from '../member/observe/metrics.ts';
import { httpServer } from '../shared/http-server.ts';
import { statusRoutes } from '../shared/status-routes.ts';

export interface RefresherParts {
  readonly name: string;
  /** The token of its run. */
  readonly run?: string | undefined;
  readonly metrics: AppMetrics;
  readonly journal: EventJournal;
  readonly ready: () => boolean;
  readonly logger: boolean;
}

/** Makes a refresher's HTTP server: its health and its metrics. */
export function refresherServer({
  name,
  run,
  metrics,
  journal,
  ready,
  logger,
}: RefresherParts): FastifyInstance {
  const server = httpServer({ logger, forceCloseConnections: 'idle' });
  statusRoutes(server, { name, run, registry: metrics.registry, journal, ready });
  return server;
}
