import Fastify, { type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import type { ZodError } from 'zod';
import { marksSchema } from '../../record/marks.ts';
import { statusRoutes } from '../shared/status-routes.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import { type Behaviour, behaviourSchema } from './behaviour.ts';
import { Recomputing, type RecomputingParts } from './recomputing.ts';

export interface OriginParts extends RecomputingParts {
  readonly logger: boolean;
}

/** Makes the server of the deliberately slow origin, which counts its recomputes. */
export function originServer({ logger, ...parts }: OriginParts): FastifyInstance {
  const { ledger, metrics } = parts;
  const recomputing = new Recomputing(parts);
  const server = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });

  server.get<{ Params: { key: string }; Querystring: { by?: string; seenAt?: string; after?: string } }>(
    '/recompute/:key',
    async (request) => {
      const { by = 'unknown', seenAt, after = 0 } = request.query;
      const { key } = request.params;
      const wanted = { key, by, arrivedAt: wallTimeMs(), ...(seenAt && { seenAt: Number(seenAt) }) };
      return recomputing.run(wanted, Number(after), request.signal);
    },
  );

  server.get<{ Querystring: { from?: string } }>('/ledger', async (request) => {
    const from = Number(request.query.from ?? 0);
    const lines = ledger.lines(from);
    return { next: from + lines.length, lines };
  });

  server.get('/behaviour', async () => recomputing.behaviour);
  server.patch('/behaviour', async (request, reply) => {
    const parsed = behaviourSchema.partial().safeParse(request.body);
    if (!parsed.success) return refuse(reply, parsed.error);
    return recomputing.change(parsed.data as Partial<Behaviour>);
  });

  // A replica announces itself, so that its count is at 0 before its first recompute.
  server.put<{ Params: { name: string } }>('/askers/:name', async (request, reply) => {
    metrics.recomputes.inc({ by: request.params.name }, 0);
    return reply.code(204).send();
  });

  server.post('/marks', async (request, reply) => {
    const parsed = marksSchema.safeParse(request.body);
    if (!parsed.success) return refuse(reply, parsed.error);
    for (const { kind, name, at } of parsed.data) metrics.marks.set({ kind, name }, at / 1000);
    return reply.code(204).send();
  });

  statusRoutes(server, metrics);
  return server;
}

const refuse = (reply: FastifyReply, { issues }: ZodError) =>
  reply.code(400).send({ error: issues.map(({ message }) => message).join('; ') });
