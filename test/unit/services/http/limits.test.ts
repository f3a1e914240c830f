import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { HTTP_LIMITS, httpServer } from '../../../../services/shared/http-server.ts';
import { ROOT, sourceFiles } from '../../../support/imports.ts';
import { until, within } from '../../../support/within.ts';

/** As many as the herd has per replica. */
const CONNECTIONS = 300;
const LATE_MS = HTTP_LIMITS.headersWithinMs + 3 * HTTP_LIMITS.checkedEveryMs;

test('every service has the limits: none makes a server of its own', () => {
  const makers = sourceFiles()
    .filter((file) => file.startsWith('services/'))
    .filter((file) => /\bFastify\(|createServer\(/.test(readFileSync(`${ROOT}/${file}`, 'utf8')));
  // The relay listens for Redis's protocol too.
  assert.deepEqual(makers.toSorted(), ['services/relay/routes.ts', 'services/shared/http-server.ts']);
});

test('clients that send too slowly, too much or nothing are cut, and those of the herd are not', async (t) => {
  const server = httpServer({ logger: false });
  server.get('/', async () => 'here');
  server.post('/', async () => 'here');
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const herd = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS });
  t.after(() => {
    herd.destroy();
    return server.close();
  });
  const ask = async () => {
    const [answer] = (await once(get({ port, agent: herd }), 'response')) as [IncomingMessage];
    const { localPort } = answer.socket;
    assert.equal(await text(answer), 'here');
    return localPort;
  };
  const round = () => Promise.all(Array.from({ length: CONNECTIONS }, ask));
  const before = new Set(await round());

  const silent = rawClient(port, '');
  const trickling = rawClient(port, 'GET / HTTP/1.1\r\n');
  const trickle = setInterval(() => trickling.socket.write('X: y\r\n'), 500);
  const half = rawClient(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
  const large = rawClient(
    port,
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(HTTP_LIMITS.headerBytes)}\r\n\r\n`,
  );
  const heavy = rawClient(
    port,
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${HTTP_LIMITS.bodyBytes + 1}\r\n\r\n`,
  );
  t.after(() => clearInterval(trickle));
  assert.match(await within(2000, 'the one with large headers', large.cut), /^HTTP\/1.1 431/);
  await until('the one with a large body', () => heavy.heard().startsWith('HTTP/1.1 413'), 2000);
  heavy.socket.destroy();
  const slow = Promise.all([silent.cut, trickling.cut]);
  for (const heard of await within(LATE_MS, 'the slow ones', slow)) assert.match(heard, /^HTTP\/1.1 408/);
  await within(LATE_MS, 'the one with half a body', half.cut);
  // The same connections serve the herd as before.
  for (const connection of await round()) assert.ok(before.has(connection));
});

/** A client by hand. `cut`: all that it heard, once its connection has ended. */
function rawClient(port: number, sent: string) {
  const socket: Socket = connect({ port, host: '127.0.0.1' });
  let heard = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    heard += part;
  });
  socket.on('error', () => {});
  socket.on('connect', () => sent && socket.write(sent));
  const cut = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(heard));
  });
  return { socket, cut, heard: () => heard };
}

test('a process takes no more connections than its limit', async (t) => {
  const server = httpServer({ logger: false });
  t.after(() => server.close());
  assert.equal(server.server.maxConnections, HTTP_LIMITS.connections);
  server.server.maxConnections = 2;
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const clients = [rawClient(port, ''), rawClient(port, '')];
  await Promise.all(clients.map(({ socket }) => once(socket, 'connect')));
  const more = rawClient(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal(await within(2000, 'the one too many', more.cut), '');
  for (const { socket } of clients) socket.destroy();
});
