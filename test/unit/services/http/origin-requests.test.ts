import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpOrigin } from '../../../../backends/http-origin.ts';
import { JournalReader } from '../../../../record/files/journal-reader.ts';
import type { LedgerLine } from '../../../../record/ledger.ts';
import { systemClock } from '../../../../services/shared/clock.ts';
import { rawRequest } from '../../../support/raw-http.ts';
import { startOrigin } from '../../../support/real-origin.ts';
import { until } from '../../../support/within.ts';

const ASK = '/recompute/k?by=app-1';

test('a recompute that is asked for wrongly is refused with one line that says what to type, and nothing is recomputed', async (t) => {
  const { url, ledger } = await startOrigin(t, { members: ['app-1'] });
  for (const [path, said] of [
    ['/recompute/..?by=app-1', /^a key has 1 to 128 characters/],
    ['/recompute/k', /^by must be who asks/],
    ['/recompute/k?by=', /^by must be who asks/],
    ['/recompute/k?by=app-1&by=app-2', /^by must be who asks/],
    ['/recompute/k?by=a%20b', /^by must be who asks/],
    [`${ASK}&seenAt=now`, /^seenAt must be a time in ms/],
    [`${ASK}&seenAt=-1`, /^seenAt must be a time in ms/],
    [`${ASK}&seenAt=1e9`, /^seenAt must be a time in ms/],
    [`${ASK}&replaces=-1`, /^replaces must be a whole number from 0/],
    [`${ASK}&version=3`, /^only by, seenAt and replaces are taken/],
  ] as const) {
    const { status, body } = await rawRequest(url, path);
    assert.equal(status, 400, path);
    assert.match(JSON.parse(body).error, said);
    assert.match(JSON.parse(body).error, /^[^\n]+ Type: \/recompute\/KEY\?by=NAME[^\n]*$/);
  }
  assert.deepEqual(new JournalReader<LedgerLine>(ledger).read(), []);
  assert.equal((await rawRequest(url, `${ASK}&seenAt=1700000000000.123&replaces=0`)).status, 200);
});

test('who is no member gets no recompute until it has announced itself, which a member does by itself', async (t) => {
  const { url, metrics } = await startOrigin(t, { members: ['app-1'] });
  const refused = await rawRequest(url, '/recompute/k?by=app-9');
  assert.equal(refused.status, 403);
  assert.deepEqual(JSON.parse(refused.body), { error: 'app-9 is no member: PUT /askers/app-9 first' });
  const origin = httpOrigin({ url, by: 'app-9', timeoutMs: 2000, transport: fetch, clock: systemClock });
  assert.equal((await origin.recompute('k', {})).version, 1);
  const labels = (await metrics.recomputes.get()).values.map((value) => value.labels.by);
  assert.deepEqual(labels, ['app-1', 'app-9']);
});

test('there are a thousand members at most, so the metrics have no more labels', async (t) => {
  const { server, metrics } = await startOrigin(t);
  const put = async (name: string) =>
    (await server.inject({ method: 'PUT', url: `/askers/${name}` })).statusCode;
  for (let member = 0; member < 1000; member++) assert.equal(await put(`app-${member}`), 204);
  assert.equal(await put('app-0'), 204);
  assert.equal(await put('one-more'), 400);
  assert.equal(await put('a.b'), 400);
  assert.equal((await metrics.recomputes.get()).values.length, 1000);
});

test('of the marks, the last hundred are kept', async (t) => {
  const { server, metrics } = await startOrigin(t);
  const payload = Array.from({ length: 150 }, (_, at) => ({ kind: 'run', name: `n${at}`, at: at + 1 }));
  assert.equal((await server.inject({ method: 'POST', url: '/marks', payload })).statusCode, 204);
  const names = (await metrics.marks.get()).values.map(({ labels }) => labels.name);
  assert.deepEqual([names.length, names[0]], [100, 'n50']);
});

test('what a web page could send is refused, and what a member, a probe or Prometheus sends is not', async (t) => {
  const { url } = await startOrigin(t, { members: ['app-1'] });
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'evil.example' },
    { host: 'origin.evil.example:9000' },
  ])
    for (const [method, path] of [
      ['GET', ASK],
      ['PATCH', '/behaviour'],
      ['PUT', '/askers/app-2'],
      ['POST', '/marks'],
      ['GET', '/metrics'],
    ] as const) {
      const { status } = await rawRequest(url, path, { method, headers });
      assert.equal(status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
    }
  for (const host of ['origin:9000', '127.0.0.1:9000', 'localhost:9000', '[::1]:9000'])
    assert.equal((await rawRequest(url, ASK, { headers: { host } })).status, 200, host);
  assert.equal((await rawRequest(url, ASK, { headers: { 'sec-fetch-site': 'none' } })).status, 200);
});

test('a behaviour that cannot be is refused with one line, and the origin stays as it is', async (t) => {
  const { server } = await startOrigin(t);
  const before = (await server.inject('/behaviour')).json();
  for (const payload of [
    { recomputeMs: -1 },
    { errorRate: 2 },
    { capacity: 1.5 },
    { fast: true },
    [],
    '"x"',
  ]) {
    const headers = { 'content-type': 'application/json' };
    const answer = await server.inject({ method: 'PATCH', url: '/behaviour', headers, payload });
    assert.equal(answer.statusCode, 400, JSON.stringify(payload));
    assert.match(answer.json().error, /^[^\n]+$/);
  }
  assert.deepEqual((await server.inject('/behaviour')).json(), before);
});

test('a member that hangs up is no failure of the origin, and its recompute ends as aborted', async (t) => {
  const { url, ledger, warnings } = await startOrigin(t, {
    members: ['app-1'],
    behaviour: { recomputeMs: 60_000 },
  });
  const lines = () => new JournalReader<LedgerLine>(ledger).read();
  const call = new AbortController();
  const left = assert.rejects(fetch(`${url}${ASK}`, { signal: call.signal }));
  await until('the recompute', () => lines().length === 1);
  call.abort();
  await left;
  await until('its end', () => lines().length === 2);
  const end = lines()[1];
  assert.ok(end?.event === 'end' && end.ending === 'aborted');
  assert.deepEqual(warnings(), []);
});
