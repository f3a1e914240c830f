import Fastify, { type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import { type ZodError, z } from 'zod';
import { marksSchema } from '../../record/marks.ts';
import { statusRoutes } from '../shared/status-routes.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import { type Behaviour, behaviourSchema } from './behaviour.ts';
import { Recomputing, type RecomputingParts } from './recomputing.ts';

export interface OriginParts extends RecomputingParts {
  /** The token of its run. */
  readonly run?: string | undefined;
  readonly logger: boolean;
}

const REPLACES =
  'replaces must be a whole number from 0: the newest version ever stored. Type: /recompute/KEY?by=NAME&replaces=7, or leave it out';

/** Who asks for a recompute, when the need was seen by the store's clock, and which version is to be replaced. */
const askSchema = z.object({
  by: z.string().default('unknown'),
  seenAt: z.coerce.number({ error: 'seenAt must be a time in ms' }).optional(),
  replaces: z
    .string({ error: REPLACES })
    .regex(/^\d{1,15}$/, { error: REPLACES })
    .transform(Number)
    .optional(),
});

/** Makes the server of the deliberately slow origin, which counts its recomputes. */
export function originServer({ run, logger, ...parts }: OriginParts): FastifyInstance {
  const { ledger, metrics } = parts;
  const recomputing = new Recomputing(parts);
  const server = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });

  server.get<{ Params: { key: string } }>('/recompute/:key', async (request, reply) => {
    const arrivedAt = wallTimeMs();
    const parsed = askSchema.safeParse(request.query);
    if (!parsed.success) return refuse(reply, parsed.error);
    const { by, seenAt, replaces } = parsed.data;
    const wanted = {
      key: request.params.key,
      by,
      arrivedAt,
      ...(seenAt !== undefined && { seenAt }),
      ...(replaces !== undefined && { replaces }),
    };
    return recomputing.run(wanted, request.signal);
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

  statusRoutes(server, { name: 'origin', run, registry: metrics.registry, journal: ledger });
  return server;
}

const refuse = (reply: FastifyReply, { issues }: ZodError) =>
  reply.code(400).send({ error: issues.map(({ message }) => message).join('; ') });
