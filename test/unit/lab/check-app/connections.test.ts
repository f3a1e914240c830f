import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { keepsConnections } from '../../../../lab/check-app/parts/connecting.ts';
import type { Stage } from '../../../../lab/check-app/stage.ts';
import { settingsFrom } from '../../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../../lab/parameters/values.ts';
import { askingOf } from '../../../../record/foreign/asking.ts';

const settings = settingsFrom(valuesFrom('check-app', ['APP=node service.js'], {}));

async function checked(t: TestContext, server: Server | TcpServer) {
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stage = { settings, asking: askingOf(settings), signal: t.signal, urlOf: () => url };
  return keepsConnections.check(stage as unknown as Stage);
}

/** Answers each request with this, and closes the connection. */
const closing = (head: string) =>
  createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(`${head}\r\nContent-Length: 2\r\n\r\n{}`));
  });

describe('the connections of a service', () => {
  it('may be kept open', async (t) => {
    const { verdict, detail } = await checked(
      t,
      createServer((_, response) => response.end('{}')),
    );
    assert.equal(verdict, 'ok', detail);
  });

  it('may be closed, and had better not be', async (t) => {
    for (const head of ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK\r\nConnection: close']) {
      const { verdict, detail } = await checked(t, closing(head));
      assert.equal(verdict, 'optional', detail);
    }
  });

  it('may not be those of HTTP/1.0', async (t) => {
    const { verdict, detail } = await checked(t, closing('HTTP/1.0 200 OK'));
    assert.equal(verdict, 'not met');
    assert.match(detail, /HTTP\/1\.0/);
  });
});
