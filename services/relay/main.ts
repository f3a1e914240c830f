import { z } from 'zod';
import { mutantNamed, mutants } from '../../mutants/index.ts';
import { NONE } from '../../record/parameter.ts';
import { SETTINGS } from '../../record/settings.ts';
import { configFromEnvironment, env, serviceVariables } from '../shared/config.ts';
import { seededRandom, seedFor } from '../shared/random.ts';
import { redisRoutes } from '../shared/redis-routes.ts';
import { serve } from '../shared/serve.ts';
import { Holds } from './holds.ts';
import { Route } from './routes.ts';
import { scriptCalls } from './script-calls.ts';
import { relayServer } from './server.ts';

const mutated = [NONE, ...mutants.map(({ name }) => name)];

/**
 * The relay between the members and Redis: each member has a port of its own. It passes on what it gets, knows the calls of
 * the scripts, and holds, delays or drops what it is ordered to.
 */
const config = configFromEnvironment(
  z.object({
    RUN_TOKEN: env.token,
    SEED: serviceVariables(SETTINGS, 'relay').SEED,
    HOST: env.host,
    PORT: env.port.default(9100),
    REDIS_URL: z
      .url({ protocol: /^redis$/, error: 'must be redis://HOST:PORT' })
      .default('redis://127.0.0.1:6379'),
    REDIS_ROUTES: redisRoutes,
    /** The ablation of the run, whose scripts are changed. */
    ABLATE: z.enum(mutated, { error: `must be one of ${mutated.join(', ')}` }).default(NONE),
  }),
);

const { hostname: host, port } = new URL(config.REDIS_URL);
const redis = { host, port: Number(port) || 6379 };
const holds = new Holds();
const readCall = scriptCalls([mutantNamed(config.ABLATE)?.changes ?? []]);
const tools = { now: () => performance.now(), random: seededRandom(seedFor(config.SEED, 'relay')) };
const routes = new Map<string, Route>();
for (const [member, at] of config.REDIS_ROUTES) {
  const route = new Route({ member, redis, readCall, holds, tools });
  await route.listen({ host: config.HOST, port: at.port }).catch((error) => {
    console.error(`REDIS_ROUTES: ${member} cannot have port ${at.port}: ${error.code}`);
    process.exit(1);
  });
  routes.set(member, route);
}
const server = relayServer({ run: config.RUN_TOKEN, holds, routes, logger: true });
await serve(
  server,
  { host: config.HOST, port: config.PORT },
  {
    afterwards() {
      for (const route of routes.values()) route.close();
    },
  },
);
