import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SETTINGS } from '../../record/settings.ts';
import { configFromEnvironment, env } from '../../services/shared/config.ts';
import { httpServer } from '../../services/shared/http-server.ts';
import { serve } from '../../services/shared/serve.ts';
import { statusRoutes } from '../../services/shared/status-routes.ts';
import { EndlessHerd } from './endless-herd.ts';
import { replicasBehind } from './replicas.ts';

const { least, most, preset } = SETTINGS.ratePerSecond;

/** The herd as a service of compose.yaml: the load of a cluster that no lab started. */
const config = configFromEnvironment(
  z.object({
    HOST: env.host,
    PORT: env.port.default(9200),
    /** All replicas, behind one name. */
    APP_URL: z
      .url({ protocol: /^http$/, error: 'must be http://HOST:PORT' })
      .default('http://127.0.0.1:8001'),
    /** Requests per second, over all replicas. */
    RATE: env.count(least, most).default(preset),
  }),
);

const LOOK_EVERY_MS = 2000;
const REPORT_EVERY_MS = 60_000;
/** As long as a replica's patience lasts. */
const TIMEOUT_SECONDS = 10;
/** The herd is ready if somebody has answered it within this time. */
const ANSWERED_WITHIN_MS = 1000 * TIMEOUT_SECONDS;
/** Longer than a herd of `none` queues at the origin. */
const POOL_SECONDS = 3;

const herd = new EndlessHerd(
  {
    paths: ['/keys/hot'],
    ratePerSecond: config.RATE,
    timeoutSeconds: TIMEOUT_SECONDS,
    poolSeconds: POOL_SECONDS,
  },
  {
    find: replicasBehind(config.APP_URL),
    onTargets: (replicas) =>
      server.log.info(
        { replicas },
        replicas.length === 0
          ? `no replica is ready behind ${config.APP_URL}: the herd rests`
          : `${config.RATE} requests per second, shared by ${replicas.length} ready replica${replicas.length === 1 ? '' : 's'}`,
      ),
  },
);
const server = httpServer({ logger: true });
statusRoutes(server, { name: 'herd', ready: () => herd.isAnswered(ANSWERED_WITHIN_MS) });
await serve(server, { host: config.HOST, port: config.PORT });
setInterval(() => server.log.info(herd.takeCounts(), 'requests of the last minute'), REPORT_EVERY_MS);
for (;;) {
  await herd.look();
  await sleep(LOOK_EVERY_MS);
}
