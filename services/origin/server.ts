import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Mark, marksSchema } from '../../record/marks.ts';
import { isKey, KEY_RULE } from '../../strategies/contract/key.ts';
import { RecentKeys } from '../../strategies/shared/bounded/recent-keys.ts';
import { type HttpServerOptions, httpServer } from '../shared/http-server.ts';
import { ToldToFail } from '../shared/lab-errors.ts';
import { refuseWebPages } from '../shared/refuse-web-pages.ts';
import { statusRoutes } from '../shared/status-routes.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import { type Behaviour, behaviourSchema } from './behaviour.ts';
import { ledgerTextFrom } from './ledger-text.ts';
import { isName, Members, NAME_RULE } from './members.ts';
import { Recomputing, type RecomputingParts } from './recomputing.ts';

export interface OriginParts extends RecomputingParts {
  /** The token of its run. */
  readonly run?: string | undefined;
  /** The names of the members that are known beforehand. */
  readonly members: readonly string[];
  /** The host that it listens on, which a request may name. */
  readonly host?: string;
  readonly logger: HttpServerOptions['logger'];
}

const TYPE = 'Type: /recompute/KEY?by=NAME&replaces=7';
const REPLACES = `replaces must be a whole number from 0: the newest version ever stored. ${TYPE}, or leave it out`;
const SEEN_AT = `seenAt must be a time in ms, by the store's clock. ${TYPE}&seenAt=1700000000000, or leave it out`;
const MOST_MARKS = 100;

const BY = `by must be who asks: ${NAME_RULE}. ${TYPE}`;

/** What is asked: the key, who asks, when the need was seen by the store's clock, and which version is to be replaced. */
const askSchema = z.strictObject(
  {
    key: z.string().refine(isKey, { error: `${KEY_RULE}. ${TYPE}` }),
    by: z.string({ error: BY }).refine(isName, { error: BY }),
    seenAt: z
      .string({ error: SEEN_AT })
      .regex(/^\d{1,15}(\.\d{1,6})?$/, { error: SEEN_AT })
      .transform(Number)
      .optional(),
    replaces: z
      .string({ error: REPLACES })
      .regex(/^\d{1,15}$/, { error: REPLACES })
      .transform(Number)
      .optional(),
  },
  {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `only by, seenAt and replaces are taken. ${TYPE}` : undefined,
  },
);

const FROM = 'from must be the byte at which a line begins. Type: /ledger?from=0, or leave it out';

/** Where to read on in the ledger. */
const fromSchema = z.strictObject({
  from: z
    .string({ error: FROM })
    .regex(/^\d{1,15}$/, { error: FROM })
    .transform(Number)
    .optional(),
});

/** Makes the server of the deliberately slow origin, which counts its recomputes. */
export function originServer({ run, logger, host, ...parts }: OriginParts): FastifyInstance {
  const { ledger, metrics } = parts;
  const members = new Members(parts.members, metrics);
  const recomputing = new Recomputing(parts);
  const marks = new RecentKeys<Mark>(MOST_MARKS, ({ kind, name }) => metrics.marks.remove({ kind, name }));
  const server = httpServer({ logger });
  refuseWebPages(server, 'origin', ...(host === undefined ? [] : [host]));

  server.get<{ Params: { key: string }; Querystring: Record<string, unknown> }>(
    '/recompute/:key',
    async (request, reply) => {
      const arrivedAt = wallTimeMs();
      const { key, by, seenAt, replaces } = askSchema.parse({ ...request.query, ...request.params });
      if (!members.has(by))
        return reply.code(403).send({ error: `${by} is no member: PUT /askers/${by} first` });
      const wanted = {
        key,
        by,
        arrivedAt,
        ...(seenAt !== undefined && { seenAt }),
        ...(replaces !== undefined && { replaces }),
      };
      try {
        return await recomputing.run(wanted, request.signal);
      } catch (error) {
        // Its member has left: nobody is there to read an answer.
        if (request.signal.aborted) return reply.hijack();
        throw error;
      }
    },
  );

  // A lab elsewhere reads the ledger by it, part by part.
  server.get<{ Querystring: Record<string, unknown> }>('/ledger', async (request) =>
    ledgerTextFrom(ledger.path, fromSchema.parse(request.query).from),
  );

  server.get('/behaviour', async () => recomputing.behaviour);
  server.patch('/behaviour', async (request) =>
    recomputing.change(behaviourSchema.partial().parse(request.body) as Partial<Behaviour>),
  );

  // A member announces itself, so that it may ask, and its count is at 0 before its first recompute.
  server.put<{ Params: { name: string } }>('/askers/:name', async (request, reply) => {
    const wrong = members.add(request.params.name);
    return wrong === undefined ? reply.code(204).send() : reply.code(400).send({ error: wrong });
  });

  server.post('/marks', async (request, reply) => {
    for (const mark of marksSchema.parse(request.body)) {
      const { kind, name, at } = mark;
      marks.set(`${kind} ${name}`, mark);
      metrics.marks.set({ kind, name }, at / 1000);
    }
    return reply.code(204).send();
  });

  server.setErrorHandler(answerError);
  statusRoutes(server, { name: 'origin', run, registry: metrics.registry, journal: ledger });
  return server;
}

/** Says what is wrong with a request; of a failure within, no more than the behaviour's own words. */
function answerError(
  error: Error & { readonly statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
) {
  if (error instanceof z.ZodError)
    return reply.code(400).send({ error: error.issues.map(({ message }) => message).join('; ') });
  const { statusCode: status = 500, message } = error;
  if (status < 500) return reply.code(status).send({ error: message });
  if (error instanceof ToldToFail) return reply.code(status).send({ code: error.code, message });
  request.log.error({ err: error }, 'failed');
  return reply.code(status).send({ message: 'the origin failed; its log says why' });
}
