import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import pLimit from 'p-limit';
import type { Begun } from '../../record/ledger.ts';
import { marksSchema } from '../../record/marks.ts';
import { ToldToFail } from '../shared/lab-errors.ts';
import { statusRoutes } from '../shared/status-routes.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import { type Behaviour, behaviourSchema, drawRecompute } from './behaviour.ts';
import { Expiries } from './expiries.ts';
import type { Ledger } from './ledger.ts';
import type { originMetrics } from './metrics.ts';

export interface OriginParts {
  readonly ledger: Ledger;
  readonly metrics: ReturnType<typeof originMetrics>;
  readonly behaviour: Behaviour;
  readonly random: () => number;
  readonly logger: boolean;
}

/** The deliberately slow origin. It promises nothing but to be slow, and to count. */
export function originServer({ ledger, metrics, random, logger, ...parts }: OriginParts): FastifyInstance {
  let behaviour = parts.behaviour;
  metrics.capacity.set(behaviour.capacity);
  const expiries = new Expiries();
  const workers = pLimit(behaviour.capacity || Number.POSITIVE_INFINITY);
  const server = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });

  async function work(begun: Begun, signal: AbortSignal) {
    const { costMs, fails } = drawRecompute(behaviour, random);
    await sleep(costMs, undefined, { signal });
    if (fails) throw new ToldToFail('the origin fails as it was told to');
    const { key, version } = begun;
    return {
      key,
      version,
      computedAt: begun.at,
      value: { report: `${key} as of version ${version}`, rows: rowsOf(version) },
    };
  }

  function count(begun: Begun, after: number) {
    metrics.recomputes.inc({ by: begun.by });
    const recomputes = expiries.begun(begun, after);
    if (recomputes === undefined) return;
    metrics.expiryRecomputes.set(recomputes);
    if (recomputes > 1) return;
    metrics.expiries.inc();
    metrics.lastExpiry.set((begun.seenAt ?? begun.at) / 1000);
  }

  async function recompute(asked: Parameters<Ledger['begin']>[0], after: number, signal: AbortSignal) {
    signal.throwIfAborted();
    const begun = ledger.begin(asked);
    count(begun, after);
    metrics.running.add(1);
    const end = (ending: 'ok' | 'error' | 'aborted') => {
      ledger.end(begun, ending);
      metrics.running.add(-1);
      metrics.endings.inc({ ending });
      metrics.duration.observe((wallTimeMs() - asked.arrivedAt) / 1000);
    };
    try {
      const made = await work(begun, signal);
      expiries.made(begun, wallTimeMs());
      end('ok');
      return made;
    } catch (error) {
      end(signal.aborted ? 'aborted' : 'error');
      throw error;
    }
  }

  server.get<{ Params: { key: string }; Querystring: { by?: string; seenAt?: string; after?: string } }>(
    '/recompute/:key',
    async (request) => {
      const { by = 'unknown', seenAt, after = 0 } = request.query;
      const asked = {
        key: request.params.key,
        by,
        arrivedAt: wallTimeMs(),
        ...(seenAt && { seenAt: Number(seenAt) }),
      };
      const answer = workers(() => recompute(asked, Number(after), request.signal));
      metrics.queued.set(workers.pendingCount);
      return answer.finally(() => metrics.queued.set(workers.pendingCount));
    },
  );

  server.get<{ Querystring: { from?: string } }>('/ledger', async (request) => {
    const from = Number(request.query.from ?? 0);
    const lines = ledger.lines(from);
    return { next: from + lines.length, lines };
  });

  server.get('/behaviour', async () => behaviour);
  server.patch('/behaviour', async (request, reply) => {
    const parsed = behaviourSchema.partial().safeParse(request.body);
    if (!parsed.success)
      return reply.code(400).send({ error: parsed.error.issues.map((issue) => issue.message).join('; ') });
    behaviour = { ...behaviour, ...(parsed.data as Behaviour) };
    workers.concurrency = behaviour.capacity || Number.POSITIVE_INFINITY;
    metrics.capacity.set(behaviour.capacity);
    return behaviour;
  });

  // A replica says that it will ask: its count is there at 0 before its first recompute.
  server.put<{ Params: { name: string } }>('/askers/:name', async (request, reply) => {
    metrics.recomputes.inc({ by: request.params.name }, 0);
    return reply.code(204).send();
  });

  server.post('/marks', async (request, reply) => {
    const parsed = marksSchema.safeParse(request.body);
    if (!parsed.success)
      return reply.code(400).send({ error: parsed.error.issues.map((issue) => issue.message).join('; ') });
    for (const { kind, name, at } of parsed.data) metrics.marks.set({ kind, name }, at / 1000);
    return reply.code(204).send();
  });

  statusRoutes(server, metrics);
  return server;
}

/** A little of everything a report has, so that an answer is neither empty nor large. */
const rowsOf = (version: number) =>
  Array.from({ length: 8 }, (_, row) => ({ row, total: version * 100 + row }));
