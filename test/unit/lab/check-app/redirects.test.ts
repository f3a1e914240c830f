import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { servesKey } from '../../../../cluster/own/ready.ts';
import { ask, outcomeOf } from '../../../../lab/check-app/ask.ts';
import { settingsFrom } from '../../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../../lab/parameters/values.ts';
import { askingOf } from '../../../../record/foreign/asking.ts';

test('a redirect is no answer, since the herd follows none', async (t) => {
  const server = createServer(({ url }, response) =>
    url?.startsWith('/keys/')
      ? response.writeHead(302, { location: '/elsewhere' }).end()
      : response.end('{"version":1}'),
  ).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = settingsFrom(valuesFrom('check-app', ['APP=node service.js'], {}));
  const asking = askingOf(settings);
  const asked = await ask({ name: 'app-1', url }, 'hot', { asking, settings, signal: t.signal });
  assert.match(outcomeOf(asked), /got 302$/);
  await assert.rejects(servesKey(url, { asking, answersWithinMs: 10_000 }), /got 302, not 200/);
});
