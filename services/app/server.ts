import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DogpileError } from '../../strategies/contract/errors.ts';
import { type Answer, type Cache, isStored, type Strategy } from '../../strategies/contract/index.ts';
import type { EventJournal } from '../member/observe/journal.ts';
import type { AppMetrics, Outcome } from '../member/observe/metrics.ts';
import { type HttpServerOptions, httpServer } from '../shared/http-server.ts';
import { webPagesRefusal } from '../shared/refuse-web-pages.ts';
import { statusRoutes } from '../shared/status-routes.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import { cachingHeadersFor, type Freshness } from './caching-headers.ts';
import { errorAnswer } from './error-answer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** By the process's monotonic clock, in ms. */
    arrivedAt: number;
  }
}

export interface AppParts<V> {
  readonly name: string;
  /** The token of its run. */
  readonly run?: string | undefined;
  readonly strategy: Strategy<V>;
  readonly cache: Cache<V>;
  readonly metrics: AppMetrics;
  readonly journal: EventJournal;
  readonly freshness: Freshness;
  /** Whether the replica has what it needs to start serving. */
  readonly ready: () => boolean;
  readonly logger: HttpServerOptions['logger'];
}

/** The body of `GET /keys/:key`. */
export interface KeyAnswer<V = unknown> {
  readonly key: string;
  readonly value: V;
  readonly version: number;
  readonly fence: number;
  readonly served: Exclude<Outcome, 'error'>;
  /** Made without the store; nobody else knows of it. */
  readonly degraded: boolean;
  readonly by: string;
  readonly softTtlMs: number;
  /** When the replica had the answer, in wall time. */
  readonly answeredAt: number;
  /** How long that took, from the request's arrival. In ms. */
  readonly tookMs: number;
}

/** A replica's HTTP face. */
export function appServer<V>(parts: AppParts<V>): FastifyInstance {
  const { name, strategy, cache, metrics } = parts;
  const headersOf = cachingHeadersFor<V>(parts.freshness);
  const server = httpServer({ logger: parts.logger, forceCloseConnections: 'idle' });

  // As early as Fastify allows: before the request is routed, parsed or checked.
  server.decorateRequest('arrivedAt', 0);
  server.addHook('onRequest', (request, _reply, done) => {
    request.arrivedAt = performance.now();
    done();
  });

  const observe = (outcome: Outcome, sinceMs: number) => {
    metrics.requests.inc({ outcome });
    metrics.duration.observe({ outcome }, (performance.now() - sinceMs) / 1000);
  };

  function respond(
    key: string,
    answer: Answer<V>,
    since: number,
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    const { entry, served } = answer;
    const degraded = !isStored(entry);
    observe(served, since);
    if (degraded) metrics.degraded.inc();
    else metrics.staleness.observe(Math.max(0, -entry.softTtlMs) / 1000);
    reply.headers(headersOf(answer));
    const { value, version, fence, softTtlMs } = entry;
    return {
      key,
      value,
      version,
      fence,
      served,
      degraded,
      by: name,
      softTtlMs,
      answeredAt: wallTimeMs(),
      tookMs: Math.round((performance.now() - request.arrivedAt) * 1000) / 1000,
    } satisfies KeyAnswer<V>;
  }

  server.get<{ Params: { key: string } }>('/keys/:key', (request, reply) => {
    const { key } = request.params;
    const since = performance.now();
    // Without a promise and without the request's signal: each costs a tenth of such an answer.
    const near = strategy.near?.(key);
    if (near) reply.send(respond(key, near, since, request, reply));
    else return askFor(key, since, request, reply);
  });

  async function askFor(key: string, since: number, request: FastifyRequest, reply: FastifyReply) {
    try {
      const answer = await strategy.get(key, request.signal);
      return respond(key, answer, since, request, reply);
    } catch (error) {
      if (request.signal.aborted) {
        metrics.clientsLeft.inc();
        return reply.hijack();
      }
      observe('error', since);
      throw error;
    }
  }

  server.delete<{ Params: { key: string } }>(
    '/keys/:key',
    { onRequest: webPagesRefusal([name]) },
    async (request, reply) => {
      await cache.invalidate(request.params.key);
      return reply.code(204).send();
    },
  );

  server.setErrorHandler((error: FastifyError | DogpileError, request, reply) => {
    const { status, body } = errorAnswer(error);
    if (status >= 500) request.log.warn({ code: body.code, key: body.key, err: error }, 'failed');
    if (status === 503) reply.header('retry-after', '1');
    return reply.code(status).send(body);
  });

  statusRoutes(server, {
    name,
    run: parts.run,
    registry: metrics.registry,
    journal: parts.journal,
    ready: parts.ready,
  });
  return server;
}
