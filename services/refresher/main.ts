import { appConfig } from '../member/config.ts';
import { member } from '../member/lifecycle.ts';
import { ownName } from '../member/name.ts';
import { wire } from '../member/wire.ts';
import { systemClock } from '../shared/clock.ts';
import { configFromEnvironment, EX_USAGE } from '../shared/config.ts';
import { refresherServer } from './server.ts';

/** It is told what a replica is told, and asked by nobody: it looks at what is in demand, on a schedule. */
const told = configFromEnvironment(appConfig);
const config = { ...told, NAME: told.NAME ?? (await ownName()) };
const wired = wire(config, 'refresher');
const { definition, parts, metrics, underWay, connected } = wired;
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

const server = refresherServer({ metrics, ready: () => connected() && !itself.leaving, logger: true });
const itself = member(server, config, wired);
await itself.serve(stopTicking);
