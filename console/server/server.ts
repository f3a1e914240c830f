import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { declarations } from '../../report/charts/palette.ts';
import { httpServer } from '../../services/shared/http-server.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { JOB_COMMANDS, type JobCommand, type JobValues } from '../view/messages.ts';
import { guard, REPLAY_POLICY } from './guard.ts';
import { jobForms } from './job-words.ts';
import { Jobs } from './jobs.ts';
import { BrowserModules } from './modules.ts';
import { Replays } from './replays.ts';
import { RunFolders } from './run-list.ts';
import { RunViews } from './run-views.ts';
import { strategyTexts } from './strategy-texts.ts';
import { MOST_RUNS_FOLLOWED, MOST_RUNS_SHOWN, MOST_STREAMS, Streams } from './streams.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const PAGE = join(ROOT, 'console/page');

export interface ConsoleOptions {
  /** The folder in which the commands run. */
  readonly folder: string;
  /** The folder of the runs. */
  readonly results: string;
  readonly token: string;
  readonly environment: NodeJS.ProcessEnv;
}

export interface Console {
  readonly server: FastifyInstance;
  readonly jobs: Jobs;
  /** Ends what pages have started, and the streams and the server. */
  end(): Promise<void>;
}

/** Makes the console's server. It listens nowhere yet. */
export function consoleServer({ folder, results, token, environment }: ConsoleOptions): Console {
  const server = httpServer({ logger: false });
  const folders = new RunFolders(results);
  const views = new RunViews(folders, strategyTexts(join(ROOT, 'docs/strategies.md')));
  const replays = new Replays();
  const jobs = new Jobs({
    ...{ cli: join(ROOT, 'lab/cli.ts'), folder, environment },
    onChange: () => streams.lookSoon(),
  });
  const streams = new Streams(views, () => jobs.views);
  guard(server, token);
  servePage(server);
  server.get('/api/forms', async () => jobForms());
  server.get<{ Querystring: { run?: string | string[] } }>('/api/stream', async ({ query }, reply) => {
    const runs = [query.run ?? []].flat().slice(0, MOST_RUNS_FOLLOWED);
    if (streams.isFull)
      return reply.code(429).send({
        error: `${MOST_STREAMS} pages of this console are open already. Close one, and reload this page`,
      });
    reply.hijack();
    reply.raw.writeHead(200, { ...reply.getHeaders(), 'content-type': 'text/event-stream' } as Record<
      string,
      string
    >);
    streams.add(reply.raw, runs);
    return reply;
  });
  server.get<{ Querystring: { run?: string | string[] } }>('/replay', async ({ query }, reply) => {
    const paths = [query.run ?? []]
      .flat()
      .slice(0, MOST_RUNS_SHOWN)
      .map((run) => folders.pathOf(run));
    if (paths.length === 0 || paths.includes(undefined))
      return reply.code(404).send({ error: 'there is no such run. Type: /replay?run=NAME' });
    try {
      const page = await replays.pageOf(paths as string[]);
      return (
        reply
          .header('content-security-policy', REPLAY_POLICY)
          // A browser refuses to open a page that is in a sandbox and asks for an opener policy of its own.
          .header('cross-origin-opener-policy', 'unsafe-none')
          .type('text/html; charset=utf-8')
          .send(page)
      );
    } catch (error) {
      return reply.code(422).send({ error: error instanceof Error ? error.message : 'there is no replay' });
    }
  });
  serveJobs(server, jobs);
  return {
    server,
    jobs,
    async end() {
      streams.end();
      await Promise.all([jobs.end(), replays.end(), server.close()]);
    },
  };
}

/** Serves the page: its markup and style as they lie there, and its code without types. */
function servePage(server: FastifyInstance): void {
  const modules = new BrowserModules(ROOT);
  server.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(await readFile(join(PAGE, 'index.html'))),
  );
  server.get('/style.css', async (_request, reply) => {
    const colors = `:root { ${declarations('light')} }\n@media (prefers-color-scheme: dark) { :root { ${declarations('dark')} } }\n`;
    return reply
      .type('text/css; charset=utf-8')
      .send(colors + (await readFile(join(PAGE, 'style.css'), 'utf8')));
  });
  server.get('/icon.svg', async (_request, reply) =>
    reply.type('image/svg+xml').send(await readFile(join(PAGE, 'icon.svg'))),
  );
  server.get<{ Params: { '*': string } }>('/modules/*', async ({ params }, reply) => {
    const code = await modules.codeOf(params['*']);
    if (code === undefined) return reply.code(404).send({ error: 'there is no such module' });
    return reply.type('text/javascript; charset=utf-8').send(code);
  });
}

/** Lets a page with the token start and stop commands. */
function serveJobs(server: FastifyInstance, jobs: Jobs): void {
  server.post<{ Params: { command: string }; Body: unknown }>(
    '/api/jobs/:command',
    async (request, reply) => {
      const command = commandFrom(request.params.command);
      const values = valuesFrom(request.body);
      if (!command || !values)
        return reply.code(400).send({ error: 'there is no such command, or its values are no texts' });
      try {
        jobs.start(command, values);
        return reply.code(202).send({});
      } catch (error) {
        if (error instanceof UsageError) return reply.code(400).send({ error: error.message });
        throw error;
      }
    },
  );
  server.delete<{ Params: { command: string } }>('/api/jobs/:command', async (request, reply) => {
    const command = commandFrom(request.params.command);
    if (command && jobs.stop(command)) return reply.code(202).send({});
    return reply.code(409).send({ error: 'nothing of that kind is running' });
  });
}

const commandFrom = (text: string): JobCommand | undefined =>
  JOB_COMMANDS.find((command) => command === text);

function valuesFrom(body: unknown): JobValues | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  return Object.values(body).every((value) => typeof value === 'string') ? (body as JobValues) : undefined;
}
