import { appConfig } from '../app/config.ts';
import { ownName } from '../app/name.ts';
import { wire } from '../app/wiring.ts';
import { systemClock } from '../shared/clock.ts';
import { configFromEnvironment, EX_USAGE } from '../shared/config.ts';
import { drainable } from '../shared/drain.ts';
import { serve } from '../shared/serve.ts';
import { refresherServer } from './server.ts';

/** It is told what a replica is told, and asked by nobody: it looks at what is in demand, on a schedule. */
const told = configFromEnvironment(appConfig);
const config = { ...told, NAME: told.NAME ?? (await ownName()) };
const { definition, parts, metrics, emit, underWay, connected, close } = wire(config, 'refresher');
const refresher = definition.refresher?.(parts);
if (!refresher) {
  console.error(`STRATEGY: ${config.STRATEGY} refreshes nothing outside of its requests`);
  process.exit(EX_USAGE);
}

const stopTicking = systemClock.every(config.REFRESH_INTERVAL_MS, () => {
  metrics.ticks.inc();
  // A store that is gone was recorded, and the next tick tries it again.
  underWay.during(refresher.tick()).catch(() => {});
});

const server = refresherServer({ metrics, ready: () => connected() && !drain.begun, logger: true });
const drain = drainable(server);
const { pid } = process;
let drained = false;
await serve(
  server,
  { host: config.HOST, port: config.PORT },
  {
    async drain() {
      emit({ event: 'draining', pid });
      stopTicking();
      const settled = () => underWay.settled();
      drained = await drain.drain({ withinMs: config.DRAIN_MS, settled });
    },
    afterwards() {
      emit({ event: 'stopped', pid, drained });
      close();
    },
  },
);
emit({ event: 'started', pid });
