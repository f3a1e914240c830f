import { z } from 'zod';
import { SETTINGS } from '../../record/settings.ts';
import { configFromEnvironment, env, serviceVariables } from '../shared/config.ts';
import { seededRandom, seedFor } from '../shared/random.ts';
import { serve } from '../shared/serve.ts';
import { Ledger } from './ledger.ts';
import { originMetrics } from './metrics.ts';
import { originServer } from './server.ts';

const config = configFromEnvironment(
  z.object({
    ...serviceVariables(SETTINGS, 'origin'),
    HOST: env.host,
    PORT: env.port.default(9000),
    LEDGER: env.path.default('ledger.jsonl'),
    SLOW_SHARE: env.share.default(0),
    SLOW_MS: env.ms().default(5000),
    ERROR_RATE: env.share.default(0),
    ASKERS: z.string().default(''),
  }),
);

const server = originServer({
  ledger: new Ledger(config.LEDGER),
  metrics: originMetrics(config.ASKERS.split(',').filter(Boolean)),
  behaviour: {
    recomputeMs: config.RECOMPUTE_MS,
    jitter: config.RECOMPUTE_JITTER,
    slowShare: config.SLOW_SHARE,
    slowMs: config.SLOW_MS,
    errorRate: config.ERROR_RATE,
    capacity: config.CAPACITY,
  },
  random: seededRandom(seedFor(config.SEED, 'origin')),
  logger: true,
});
await serve(server, { host: config.HOST, port: config.PORT });
