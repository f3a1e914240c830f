import { z } from 'zod';
import { SETTINGS } from '../../record/settings.ts';
import { configFromEnvironment, env, serviceVariables } from '../shared/config.ts';
import { seededRandom, seedFor } from '../shared/random.ts';
import { serve } from '../shared/serve.ts';
import { Ledger } from './ledger.ts';
import { isName, NAME_RULE } from './members.ts';
import { originMetrics } from './metrics.ts';
import { originServer } from './server.ts';

const config = configFromEnvironment(
  z.object({
    ...serviceVariables(SETTINGS, 'origin'),
    RUN_TOKEN: env.token,
    HOST: env.host,
    PORT: env.port.default(9000),
    LEDGER: env.path.default('ledger.jsonl'),
    SLOW_SHARE: env.share.default(0),
    SLOW_MS: env.ms().default(5000),
    ERROR_RATE: env.share.default(0),
    /** The members, separated by commas. Others announce themselves. */
    ASKERS: z
      .string()
      .default('')
      .transform((text) => text.split(',').filter(Boolean))
      .refine((names) => names.every(isName), { error: `must be NAME,NAME,…: ${NAME_RULE}` }),
  }),
);

const metrics = originMetrics(config.ASKERS);
const ledger = new Ledger(config.LEDGER, (code) => {
  metrics.journalBroken.set(1);
  console.error(`the ledger takes no more lines: ${code}`);
});
if (ledger.damage !== undefined) {
  console.error(`LEDGER: ${ledger.damage}. Move the file away; the versions then start again from 1`);
  process.exit(1);
}
const server = originServer({
  run: config.RUN_TOKEN,
  ledger,
  metrics,
  members: config.ASKERS,
  host: config.HOST,
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
