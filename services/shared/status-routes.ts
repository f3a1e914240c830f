import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { JournalState } from '../../record/files/journal.ts';
import { wallTimeMs } from './wall-time.ts';

export interface Status {
  /** The member's name. */
  readonly name: string;
  /** The token of its run. Default: none, since nobody but a lab makes one. */
  readonly run?: string | undefined;
  /** Its metrics, if it has any. */
  readonly registry?: Registry | undefined;
  /** Tells whether the service can take work. Default: always. */
  readonly ready?: () => boolean;
  /** What the service writes down for the judge, if it does. */
  readonly journal?: { readonly state: JournalState } | undefined;
}

/**
 * Adds the routes that every service has: its health, its readiness with who it is, its metrics, its wall clock, and the
 * state of its journal.
 */
export function statusRoutes(
  server: FastifyInstance,
  { name, run = '', registry, journal, ready = () => true }: Status,
): void {
  server.get('/healthz', async () => ({ ok: true }));
  server.get('/readyz', async (_request, reply) => {
    const isReady = ready();
    if (!isReady) reply.code(503);
    return { ready: isReady, name, run };
  });
  server.get('/clock', async () => ({ wallMs: wallTimeMs() }));
  if (journal) server.get('/journal', async () => journal.state);
  if (!registry) return;
  server.get('/metrics', async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
}
