import { withDegradedMode } from '../../strategies/degraded.ts';
import { configFromEnvironment } from '../shared/config.ts';
import { drainable } from '../shared/drain.ts';
import { serve } from '../shared/serve.ts';
import { appConfig } from './config.ts';
import { ownName } from './name.ts';
import { appServer } from './server.ts';
import { wire } from './wiring.ts';

const told = configFromEnvironment(appConfig);
const config = { ...told, NAME: told.NAME ?? (await ownName()) };
const { definition, parts, metrics, emit, times, underWay, connected, close } = wire(config, 'replica');

let everReady = false;
const server = appServer({
  name: config.NAME,
  strategy: withDegradedMode(definition.create(parts), parts),
  cache: parts.cache,
  metrics,
  freshness: { ...times, proxyGraceMs: config.PROXY_GRACE_MS, headers: config.APP_HEADERS },
  // Ready once the store has been there; without it the replica serves all the same.
  ready() {
    everReady ||= connected();
    return everReady && !drain.begun;
  },
  logger: true,
});
const drain = drainable(server);
const { pid } = process;
let drained = false;
await serve(
  server,
  { host: config.HOST, port: config.PORT },
  {
    async drain() {
      emit({ event: 'draining', pid });
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
