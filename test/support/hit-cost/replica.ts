// Starts a replica with two more routes: GET /constant/:key answers what the key's last answer was, made before; GET /cpu
// answers the processor time that the process has used.

import { appServer } from '../../../services/app/server.ts';
import { appConfig } from '../../../services/member/config.ts';
import { wire } from '../../../services/member/wire.ts';
import { configFromEnvironment } from '../../../services/shared/config.ts';

const variables = configFromEnvironment(appConfig);
const config = { ...variables, NAME: 'app-1' };
const { parts, strategy, metrics, journal, times, connected } = wire(config, 'replica');
const server = appServer({
  name: config.NAME,
  strategy,
  cache: parts.cache,
  metrics,
  journal,
  freshness: { ...times, proxyGraceMs: config.PROXY_GRACE_MS, headers: config.APP_HEADERS },
  ready: connected,
  logger: true,
});

let answer: unknown;
const params = { type: 'object', properties: { key: { type: 'string', pattern: '^[\\w.:-]{1,128}$' } } };
server.put<{ Params: { key: string } }>('/constant/:key', async (request, reply) => {
  answer = (await server.inject(`/keys/${request.params.key}`)).json();
  return reply.code(204).send();
});
server.get('/constant/:key', { schema: { params } }, async () => answer);
server.get('/cpu', async () => process.cpuUsage());
await server.listen({ host: config.HOST, port: config.PORT });
