import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chooseRuntime } from '../../../cluster/choose-runtime.ts';
import { portVariables } from '../../../cluster/compose/services.ts';
import { processOf } from '../../../cluster/local/members.ts';
import { Placement } from '../../../cluster/local/placement.ts';
import { ProcessMember } from '../../../cluster/local/process-member.ts';
import { writeOwnServices } from '../../../cluster/own/image.ts';
import { inherited } from '../../../cluster/own/process.ts';
import { groupLives } from '../../../cluster/own/process-group.ts';
import { servesKey } from '../../../cluster/own/ready.ts';
import { reserveAny } from '../../../cluster/ports.ts';
import { type Member, nextReplica, topology } from '../../../cluster/topology.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { askingOf } from '../../../record/foreign/asking.ts';
import { until } from '../../../services/shared/until.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import { noGuard } from '../../support/no-guard.ts';

const settingsOf = (app: string, ...typed: string[]) =>
  settingsFrom(valuesFrom('herd', [`APP=${app}`, ...typed]));

const refused = (says: RegExp) => (error: unknown) =>
  error instanceof UsageError && says.test(error.message) && !error.message.includes('\n');

/** Makes one replica of the command, which may take so long to get ready. */
async function memberOf(
  t: TestContext,
  app: string,
  { readyWithinMs = 15_000, typed = [] as string[] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-own-'));
  const whole = topology(settingsOf(app, 'REPLICAS=1', ...typed), undefined, 'run');
  const ports = await reserveAny(Placement.portsFor(whole));
  const placement = new Placement(whole, ports.ports);
  const ground = { folder, events: folder, logs: folder, redisCommand: '', placement, token: 'run' };
  const spec = await processOf(whole.members[0] as Member, ground);
  const member = new ProcessMember({ ...spec, readyWithinMs }, noGuard);
  t.after(async () => {
    await member.kill();
    ports.release();
    rmSync(folder, { recursive: true });
  });
  const url = `http://${placement.at('app-1')}`;
  return { member, folder, url, start: () => member.start(AbortSignal.timeout(30_000)) };
}

/** A service that answers every path, with its environment, by Node alone. It says when it has got a SIGTERM, and ends later. */
const serving = (drainMs = 0) =>
  `node -e '
    const server = require("node:http").createServer((_, answer) => { answer.end(JSON.stringify(process.env)); });
    server.listen(process.env.PORT, process.env.HOST);
    process.on("SIGTERM", () => setTimeout(() => { console.error("drained"); process.exit(); }, ${drainMs}));
  '`;

test("a run of a command has its replicas in place of the lab's, and the same number of others", () => {
  const settings = settingsOf('node mine.js', 'REPLICAS=2');
  const { members } = topology(settings, undefined);
  assert.deepEqual(
    members.map(({ name, own }) => [name, own?.command]),
    [
      ['app-1', 'node mine.js'],
      ['app-2', 'node mine.js'],
      ['redis', undefined],
      ['origin', undefined],
    ],
  );
  assert.equal(nextReplica(settings, undefined, 2).own?.command, 'node mine.js');
});

test('a command runs as processes, whatever Docker says', async () => {
  const never = () => assert.fail('Docker was asked');
  assert.equal((await chooseRuntime({ runtime: 'auto', app: 'x' }, never)).runtime, 'local');
});

test('an image runs as containers, or not at all', async () => {
  const image = { runtime: 'auto', image: 'mine:1' } as const;
  const there = async () => ({ version: '29', socketPath: '/run/docker.sock' });
  assert.equal((await chooseRuntime(image, there)).runtime, 'compose');
  await assert.rejects(
    chooseRuntime(image, async () => ({ missing: 'there is no docker command' })),
    refused(
      /^IMAGE=mine:1 needs a Docker engine with Compose, and there is no docker command\..*Type: make herd APP=/,
    ),
  );
});

test('each container of an image has its own name, port and environment, in which Compose finds no variable', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-own-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const settings = settingsFrom(valuesFrom('herd', ['IMAGE=mine:1', 'REPLICAS=2', 'TTL=5s']));
  const whole = topology(settings, undefined, 'a$b');
  const path = await writeOwnServices(whole, settings, { folder, token: 'a$b' });
  const { services } = JSON.parse(readFileSync(path, 'utf8'));
  // Those beyond REPLICAS are for faults that add one.
  assert.deepEqual(Object.keys(services).slice(0, 3), ['app-1', 'app-2', 'app-3']);
  const { image, environment, ports } = services['app-2'];
  assert.deepEqual([image, ports], ['mine:1', [`127.0.0.1:\${APP_2_PORT:-}:8001`]]);
  const { NAME, HOST, PORT, TTL_MS, REDIS_URL, ORIGIN_URL, RUN_TOKEN } = environment;
  assert.deepEqual([NAME, HOST, PORT, TTL_MS, RUN_TOKEN], ['app-2', '0.0.0.0', '8001', '5000', 'a$$b']);
  assert.deepEqual([REDIS_URL, ORIGIN_URL], ['redis://redis:6379', 'http://origin:9000']);
  assert.deepEqual(portVariables(whole.members, [1, 2, 3, 4]), {
    APP_1_PORT: '1',
    APP_2_PORT: '2',
    REDIS_PORT: '3',
    ORIGIN_PORT: '4',
  });
});

test("a command gets the variables of the lab's replicas and the user's own, and none of the lab's", async (t) => {
  process.env.MY_SECRET = 'mine';
  t.after(() => delete process.env.MY_SECRET);
  const { start, url } = await memberOf(t, serving(), { typed: ['TTL=5s', 'STRATEGY=hybrid'] });
  await start();
  const env = (await (await fetch(`${url}/keys/hot`)).json()) as Record<string, string>;
  assert.equal(env.PORT, new URL(url).port);
  assert.deepEqual(
    [env.NAME, env.HOST, env.TTL_MS, env.STRATEGY, env.MY_SECRET],
    ['app-1', '127.0.0.1', '5000', 'hybrid', 'mine'],
  );
  assert.match(
    `${env.REDIS_URL} ${env.ORIGIN_URL}`,
    /^redis:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+$/,
  );
  assert.equal(env.EVENTS, undefined);
});

test('what make exports for the lab is not for the command', () => {
  const environment = {
    PATH: '/bin',
    LAB_OVERRIDES: 'APP PORT',
    APP: 'x',
    PORT: '0',
    MAKEFLAGS: 'w',
    DOGPILE_TTL: '1s',
    HOME: '/me',
  };
  assert.deepEqual(inherited(environment), { PATH: '/bin', HOME: '/me' });
});

test('a command that starts no service gets one line, with what its log says', async (t) => {
  const cases: readonly (readonly [app: string, says: RegExp, readyWithinMs?: number])[] = [
    [
      'exit 3',
      /^APP='exit 3' starts no service: app-1 ended with status 3 before it served\. It logged nothing\./,
    ],
    ['kill -9 $$', /app-1 ended with SIGKILL before it served/],
    [
      'echo one; echo "Error: no\tmodule" >&2; echo two; exit 1',
      /status 1 before it served\. Its log says: Error: no module\./,
    ],
    [
      'sleep 100',
      /app-1 did not serve within 0\.5 s \(GET http:\/\/127\.0\.0\.1:\d+\/keys\/warm-up got no answer: ECONNREFUSED\)/,
      500,
    ],
  ];
  for (const [app, says, readyWithinMs = 15_000] of cases) {
    const { start, member } = await memberOf(t, app, { readyWithinMs });
    await assert.rejects(start(), refused(says), app);
    await member.end();
  }
});

test('a service is ready once it serves a key with 200', async (t) => {
  let status = 404;
  const server = createServer(({ url, headers }, answer) => {
    answer.statusCode = url === '/price/warm-up' && headers['x-tenant'] === '7' ? status : 400;
    answer.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const asking = askingOf(settingsOf('x', 'KEY_PATH=/price/:key', 'HEADERS=X-Tenant: 7'));
  const { port } = server.address() as AddressInfo;
  const ready = () => servesKey(`http://127.0.0.1:${port}`, { asking, answersWithinMs: 10_000 });
  await assert.rejects(ready(), /^NotServed: GET http:\S+\/price\/warm-up got 404, not 200$/);
  status = 200;
  assert.equal(await ready(), true);
});

test('a service that another process of the group is gets every signal, and ends with all of them', async (t) => {
  const { start, member, url } = await memberOf(t, `${serving()} | cat`);
  await start();
  const pid = member.pid as number;
  assert.ok(groupLives(pid));
  const answers = () =>
    fetch(`${url}/keys/hot`, { signal: AbortSignal.timeout(500) }).then(
      (one) => one.ok,
      () => false,
    );
  member.pause();
  await until('the freeze', async () => !(await answers()), { withinMs: 10_000, everyMs: 10 });
  member.resume();
  await until('the thaw', answers, { withinMs: 10_000, everyMs: 10 });
  await member.kill();
  assert.equal(groupLives(pid), false);
});

test('a stop waits for the service, though its shell has ended', async (t) => {
  const { start, member, folder } = await memberOf(t, `${serving(300)} | cat`);
  await start();
  const pid = member.pid as number;
  await member.stop();
  assert.equal(groupLives(pid), false);
  assert.match(readFileSync(join(folder, 'app-1.log'), 'utf8'), /drained/);
});
