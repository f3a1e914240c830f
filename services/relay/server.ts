import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { keysOf } from '../../backends/redis/keys.ts';
import type { Script } from '../../backends/redis/port.ts';
import { httpServer } from '../shared/http-server.ts';
import { refuseWebPages } from '../shared/refuse-web-pages.ts';
import { statusRoutes } from '../shared/status-routes.ts';
import { delaySchema, trafficSchema } from './delay.ts';
import { type Arming, type Held, type Holds, holdSchema } from './holds.ts';
import type { Route } from './routes.ts';

export interface RelayParts {
  /** The token of its run. */
  readonly run?: string | undefined;
  readonly holds: Holds;
  /** By the member's name. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly logger: boolean;
}

/** The scripts that do a step: whoever grants the lease, its fence is minted by one of two. */
const STEPS: Readonly<Record<z.infer<typeof holdSchema>['script'], readonly Script[]>> = {
  acquire: ['acquire', 'mint'],
  commit: ['commit'],
};

/** Makes the server that gives orders to the relay. */
export function relayServer({ run, holds, routes, logger }: RelayParts): FastifyInstance {
  const server = httpServer({ logger });
  const member = z.enum([...routes.keys()], { error: `must be one of ${[...routes.keys()].join(', ')}` });
  const orders = {
    release: z.strictObject({ member: member.optional() }),
    drop: z.strictObject({ member }),
    delay: delaySchema.extend({ member, of: trafficSchema.optional() }),
  };
  const routeOf = (name: string) => routes.get(name) as Route;
  refuseWebPages(server, 'relay');
  server.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) throw error;
    return reply
      .code(400)
      .send({ error: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') });
  });

  server.post('/hold', async (request, reply) => {
    const { script, part, key, of } = holdSchema.extend({ of: member.optional() }).parse(request.body);
    const arming = holds.arm({ scripts: STEPS[script], part, entry: keysOf(key).entry, of });
    const gone = clientGone(reply.raw);
    void arming.held.then(async ({ member }) => {
      // Nobody else would release it.
      if (await isUntold(reply.raw, gone)) routeOf(member).release();
    });
    return (await heldUnless(gone, arming)) ?? reply.code(204).send();
  });
  server.post('/release', async (request, reply) => {
    const order = orders.release.parse(request.body);
    holds.disarmAll();
    const released = order.member === undefined ? [...routes.values()] : [routeOf(order.member)];
    for (const route of released) route.release();
    return reply.code(204).send();
  });
  server.post('/drop', async (request, reply) => {
    routeOf(orders.drop.parse(request.body).member).drop();
    return reply.code(204).send();
  });
  server.post('/delay', async (request, reply) => {
    const { member, of, ...delay } = orders.delay.parse(request.body);
    routeOf(member).delay(delay, of);
    return reply.code(204).send();
  });

  statusRoutes(server, { name: 'relay', run });
  return server;
}

/** Waits until something is held. When the client leaves first, disarms the hold and gives undefined. */
async function heldUnless(gone: Promise<undefined>, { held, disarm }: Arming): Promise<Held | undefined> {
  const first = await Promise.race([held, gone]);
  disarm();
  return first;
}

/** Tells, at the end of a response, whether the client has left without it. */
async function isUntold(response: ServerResponse, gone: Promise<undefined>): Promise<boolean> {
  if (response.destroyed) return true;
  await gone;
  return !response.writableFinished;
}

/** Resolves once the client has left. The request's own signal fires as soon as the body is read. */
const clientGone = (response: ServerResponse): Promise<undefined> =>
  new Promise((resolve) => {
    if (response.destroyed) resolve(undefined);
    response.once('close', () => resolve(undefined));
  });
