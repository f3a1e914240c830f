import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PAGE_POLICY } from '../../../console/server/guard.ts';
import { type Console, consoleServer } from '../../../console/server/server.ts';
import { MOST_STREAMS } from '../../../console/server/streams.ts';
import type { ListedRun } from '../../../console/view/messages.ts';
import { ROOT, sourceFiles, textOf } from '../../support/imports.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { within } from '../../support/within.ts';

const TOKEN = 'the-token-of-this-start';
const folder = mkdtempSync(join(tmpdir(), 'dogpile-console-'));
const results = join(folder, 'results');
let made: Console;
let url: string;

before(async () => {
  mkdirSync(results);
  cpSync(join(ROOT, 'test/fixtures/lock-run'), join(results, 'lock-run'), { recursive: true });
  made = consoleServer({ folder, results, token: TOKEN, environment: process.env });
  url = await made.server.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await made.end();
  rmSync(folder, { recursive: true });
});

/** Opens a stream, and gives what it says first of a kind. */
async function stream(
  query = '',
): Promise<{ first(event: string): Promise<unknown>; close(): void; status: number }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/api/stream${query}`, { agent: false }, resolve).on('error', reject);
  });
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const close = () => response.destroy();
  const first = async (event: string) => {
    const look = () => new RegExp(`^event: ${event}\ndata: (.*)\n\n`, 'm').exec(text)?.[1];
    for (;;) {
      const found = look();
      if (found !== undefined) return JSON.parse(found);
      await within(10_000, `event ${event}`, new Promise((next) => response.once('data', next)));
    }
  };
  return { first, close, status: response.statusCode ?? 0 };
}

const ROUTES = [
  '/',
  '/style.css',
  '/modules/console/page/main.ts',
  '/api/forms',
  '/api/stream',
  '/replay',
  '/nothing',
];

test('every route refuses a foreign Host, a foreign Origin and what a browser marks as of another site', async () => {
  const foreign: Record<string, string>[] = [
    { host: 'rebound.test' },
    { host: `rebound.test:${new URL(url).port}` },
    { host: '127.0.0.1:1' },
    { origin: 'http://evil.test' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    // Another port of this machine.
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign)
    for (const path of ROUTES) {
      const { status } = await rawRequest(url, path, { headers });
      assert.equal(status, 403, `${path} ${JSON.stringify(headers)}`);
    }
  const own = { origin: url, 'sec-fetch-site': 'same-origin' };
  for (const path of ['/', '/style.css', '/icon.svg', '/modules/console/page/main.ts', '/api/forms'])
    assert.equal((await rawRequest(url, path, { headers: own })).status, 200, path);
});

test('what changes anything needs the token of this start, in its header', async () => {
  const from = (headers: Record<string, string>, method = 'DELETE') =>
    rawRequest(url, '/api/jobs/herd', { method, headers });
  for (const method of ['DELETE', 'POST', 'PUT', 'PATCH']) {
    assert.equal((await from({}, method)).status, 403, method);
    assert.equal((await from({ 'x-dogpile-token': 'the-token-of-last-start' }, method)).status, 403, method);
    assert.equal((await from({ cookie: `x-dogpile-token=${TOKEN}` }, method)).status, 403, method);
  }
  assert.equal((await from({ 'x-dogpile-token': TOKEN })).status, 409, 'nothing runs that it could stop');
});

test('the page may load its own files alone, and has no code or style within its markup', async () => {
  const response = await fetch(url);
  assert.equal(response.headers.get('content-security-policy'), PAGE_POLICY);
  assert.match(PAGE_POLICY, /^default-src 'none';/);
  assert.doesNotMatch(PAGE_POLICY, /unsafe|https?:|\*|data:/);
  const markup = await response.text();
  assert.doesNotMatch(markup, /<style|style=|\son\w+=|<script(?![^>]* src=)|https?:\/\//);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
});

test('a finished run is replayed on a page that is in a sandbox, loads nothing and names its own script', async () => {
  const response = await fetch(`${url}/replay?run=lock-run&run=lock-run`);
  assert.equal(response.status, 200);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /^sandbox allow-scripts; default-src 'none';/);
  assert.doesNotMatch(policy, /allow-same-origin|https?:|\*|connect-src/);
  // The HTML standard makes a network error of a sandbox with any other opener policy.
  assert.equal(response.headers.get('cross-origin-opener-policy'), 'unsafe-none');
  const page = await response.text();
  assert.match(
    page,
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/,
  );
  assert.match(page, /<title>Replay: lock above lock/);
  for (const query of ['', '?run=nothing', '?run=lock-run&run=..', '?run=lock-run%2F'])
    assert.equal((await rawRequest(url, `/replay${query}`)).status, 404, query);
});

test('a run that cannot be replayed is said so, and the next one is', async (t) => {
  const broken = join(results, 'broken-run');
  mkdirSync(broken);
  t.after(() => rmSync(broken, { recursive: true }));
  writeFileSync(join(broken, 'run.json'), '{}');
  const { status, body } = await rawRequest(url, '/replay?run=broken-run');
  assert.equal(status, 422);
  assert.match(body, /not the folder of a run/);
  assert.equal((await rawRequest(url, '/replay?run=lock-run')).status, 200);
});

test('a browser gets the modules of the page and of the pure core, and no other file', async () => {
  for (const path of [
    'console/page/main.ts',
    'judge/timeline/spans.ts',
    'record/result.ts',
    'lab/tour/steps.ts',
  ])
    assert.equal((await rawRequest(url, `/modules/${path}`)).status, 200, path);
  const refused = [
    'package.json',
    'lab/cli.ts',
    'record/files/read-run.ts',
    'console/server/guard.ts',
    'console/page/nothing.ts',
    'judge/../lab/cli.ts',
    'judge/%2e%2e/lab/cli.ts',
    'judge%2f..%2flab/cli.ts',
    '../../../etc/passwd',
    '/etc/passwd',
  ];
  for (const path of refused) assert.equal((await rawRequest(url, `/modules/${path}`)).status, 404, path);
});

test('no more streams than a browser can bear are open, and a page that goes makes room', async () => {
  const open = await Promise.all(Array.from({ length: MOST_STREAMS }, () => stream()));
  assert.deepEqual(
    open.map(({ status }) => status),
    open.map(() => 200),
  );
  const { status, body } = await rawRequest(url, '/api/stream');
  assert.equal(status, 429);
  assert.match(body, /pages of this console are open already/);
  for (const one of open) one.close();
  const again = async () => {
    for (;;) {
      const next = await stream();
      next.close();
      if (next.status === 200) return;
    }
  };
  await within(10_000, 'room for a stream', again());
});

test('a stream tells of the runs, and of the one that is asked for', async (t) => {
  const one = await stream('?run=lock-run');
  t.after(one.close);
  const { runs } = (await one.first('runs')) as { runs: ListedRun[] };
  assert.deepEqual(
    runs.map(({ run, strategy }) => [run, strategy]),
    [['lock-run', 'lock']],
  );
  const run = (await one.first('run')) as { about: string[]; timeline: { members: string[] } };
  assert.equal(run.about.length, 3);
  assert.ok(run.timeline.members.length > 0);
});

test('a run is found by the name of its folder alone, however it is written, and a link is none', async (t) => {
  const outside = mkdtempSync(join(tmpdir(), 'dogpile-outside-'));
  t.after(() => rmSync(outside, { recursive: true }));
  cpSync(join(results, 'lock-run'), join(outside, 'other'), { recursive: true });
  symlinkSync(join(outside, 'other'), join(results, 'linked'));
  t.after(() => rmSync(join(results, 'linked')));
  for (const name of [
    `../${outside.slice(outside.lastIndexOf('/') + 1)}/other`,
    join(outside, 'other'),
    'linked',
    '.',
    '..',
    'lock-run/',
  ]) {
    const one = await stream(`?run=${encodeURIComponent(name)}`);
    assert.deepEqual(await one.first('missing'), { run: name });
    one.close();
  }
});

test('a folder that a stranger made breaks neither the list nor the page', async (t) => {
  const strange = join(results, 'strange-run');
  cpSync(join(results, 'lock-run'), strange, { recursive: true });
  t.after(() => rmSync(strange, { recursive: true }));
  mkdirSync(join(results, 'empty'));
  t.after(() => rmSync(join(results, 'empty'), { recursive: true }));
  writeFileSync(join(strange, 'result.json'), '{"verdict":"<img src=x>","checks":[1]}');
  writeFileSync(join(strange, 'history.jsonl'), 'no json\n');
  rmSync(join(strange, 'lab.jsonl'));
  symlinkSync('/etc/passwd', join(strange, 'lab.jsonl'));
  const one = await stream('?run=strange-run');
  t.after(one.close);
  const { runs } = (await one.first('runs')) as { runs: ListedRun[] };
  assert.deepEqual(
    runs.map(({ run, verdict }) => [run, verdict]),
    [
      ['strange-run', null],
      ['lock-run', null],
    ],
  );
  assert.equal(((await one.first('run')) as { timeline?: object }).timeline, undefined);
});

test('a run whose files are links to themselves breaks neither the list nor the page', async (t) => {
  const strange = join(results, 'looped-run');
  cpSync(join(results, 'lock-run'), strange, { recursive: true });
  const none = join(results, 'looped-start');
  mkdirSync(none);
  t.after(() => {
    for (const made of [strange, none]) rmSync(made, { recursive: true });
  });
  rmSync(join(strange, 'history.jsonl'));
  symlinkSync('history.jsonl', join(strange, 'history.jsonl'));
  symlinkSync('run.json', join(none, 'run.json'));
  const one = await stream('?run=looped-run&run=looped-start');
  t.after(one.close);
  const { runs } = (await one.first('runs')) as { runs: ListedRun[] };
  assert.deepEqual(runs.map(({ run }) => run).sort(), ['lock-run', 'looped-run']);
  assert.equal(((await one.first('run')) as { timeline?: object }).timeline, undefined);
  assert.deepEqual(await one.first('missing'), { run: 'looped-start' });
});

test('the runs are listed by when they began, and a folder that becomes a run is listed then', async (t) => {
  const start = JSON.parse(readFileSync(join(results, 'lock-run', 'run.json'), 'utf8'));
  const [late, later] = ['a-late-run', 'z-early-run'].map((name) => join(results, name));
  assert.ok(late && later);
  for (const made of [late, later]) mkdirSync(made);
  t.after(() => {
    for (const made of [late, later]) rmSync(made, { recursive: true });
  });
  const startsAt = (made: string, startedAt: number) =>
    writeFileSync(join(made, 'run.json'), JSON.stringify({ ...start, startedAt }));
  writeFileSync(join(late, 'run.json'), '{');
  startsAt(later, start.startedAt - 5000);
  const listed = async () => {
    const one = await stream();
    const { runs } = (await one.first('runs')) as { runs: ListedRun[] };
    one.close();
    return runs.map(({ run }) => run);
  };
  assert.deepEqual(await listed(), ['lock-run', 'z-early-run']);
  startsAt(late, start.startedAt + 5000);
  assert.deepEqual(await listed(), ['a-late-run', 'lock-run', 'z-early-run']);
});

test('values that are not allowed are refused with the one line of the command line, and nothing is started', async () => {
  const post = async (command: string, values: unknown) => {
    const response = await fetch(`${url}/api/jobs/${command}`, {
      method: 'POST',
      headers: { 'x-dogpile-token': TOKEN, 'content-type': 'application/json' },
      body: JSON.stringify(values),
    });
    return { status: response.status, error: ((await response.json()) as { error: string }).error };
  };
  const cases: [string, unknown, RegExp][] = [
    ['herd', { TTL: 'soon' }, /TTL=soon is not allowed: .* Type: make herd TTL=3s/],
    ['herd', { STRATEGIES: 'lock' }, /does not take STRATEGIES/],
    ['herd', { APP: 'node evil.js' }, /APP is not for a page/],
    ['herd', { IMAGE: 'evil' }, /IMAGE is not for a page/],
    ['herd', { TARGET: 'http://elsewhere' }, /TARGET is not for a page/],
    ['up', { TARGET: 'up' }, /TARGET is not for a page/],
    ['herd', { '--app': 'x' }, /is no parameter/],
    ['herd', { SEED: '1\nAPP=x' }, /is no parameter/],
    ['herd', { SEED: 1 }, /values are no texts/],
    ['herd', ['APP=x'], /values are no texts/],
    ['fault', {}, /no fault was chosen/],
    ['clean', {}, /no such command/],
    ['constructor', {}, /no such command/],
  ];
  for (const [command, values, why] of cases) {
    const { status, error } = await post(command, values);
    assert.equal(status, 400, JSON.stringify(values));
    assert.match(error, why);
    assert.doesNotMatch(error, /\n/);
  }
  assert.deepEqual(made.jobs.views, []);
});

test('the page has no way to make markup of a text', () => {
  const page = sourceFiles().filter((file) => file.startsWith('console/page/'));
  assert.ok(page.length > 5);
  for (const name of page)
    assert.doesNotMatch(
      textOf(name),
      /innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|createContextualFragment|\beval\b|new Function/,
      name,
    );
});
