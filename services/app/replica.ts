import { appConfig } from '../member/config.ts';
import { lifecycle } from '../member/lifecycle.ts';
import { ownName } from '../member/name.ts';
import { wire } from '../member/wire.ts';
import { configFromEnvironment } from '../shared/config.ts';
import { appServer } from './server.ts';

const variables = configFromEnvironment(appConfig);
const config = { ...variables, NAME: variables.NAME ?? (await ownName()) };
const wired = wire(config, 'replica');
const { parts, strategy, metrics, journal, times, connected } = wired;

let everConnected = false;
const server = appServer({
  name: config.NAME,
  run: config.RUN_TOKEN,
  strategy,
  cache: parts.cache,
  metrics,
  journal,
  freshness: { ...times, proxyGraceMs: config.PROXY_GRACE_MS, headers: config.APP_HEADERS },
  // Ready after the first connection to the store. Without the store the replica still serves.
  ready() {
    everConnected ||= connected();
    return everConnected && !replica.leaving;
  },
  logger: true,
});
const replica = lifecycle(server, config, wired);
await replica.serve();
