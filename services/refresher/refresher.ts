import { appConfig } from '../member/config.ts';
import { lifecycle } from '../member/lifecycle.ts';
import { ownName } from '../member/name.ts';
import { wire } from '../member/wire.ts';
import { systemClock } from '../shared/clock.ts';
import { configFromEnvironment, EX_USAGE } from '../shared/config.ts';
import { refresherServer } from './server.ts';

/** A refresher has a replica's configuration, but gets no requests: it looks at the keys in demand on a schedule. */
const variables = configFromEnvironment(appConfig);
const config = { ...variables, NAME: variables.NAME ?? (await ownName()) };
const wired = wire(config, 'refresher');
const { refresher, metrics, journal, inFlight, connected } = wired;
if (!refresher) {
  console.error(`STRATEGY: ${config.STRATEGY} refreshes nothing outside of its requests`);
  process.exit(EX_USAGE);
}

const stopTicking = systemClock.every(config.REFRESH_INTERVAL_MS, () => {
  metrics.ticks.inc();
  // The observers have recorded the failure, and the next tick tries again.
  inFlight.track(refresher.tick()).catch(() => {});
});

const server = refresherServer({
  name: config.NAME,
  run: config.RUN_TOKEN,
  metrics,
  journal,
  ready: () => connected() && !itself.leaving,
  logger: true,
});
const itself = lifecycle(server, config, wired);
await itself.serve(stopTicking);
