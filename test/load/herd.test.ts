import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHerd } from '../../load/herd.ts';

const BODY = JSON.stringify({ by: 'app-1', served: 'hit', version: 1, degraded: false, answeredAt: 0 });

/** Drives a herd at a server for a while and gives back what was recorded and when requests came in. */
async function drive(
  listener: RequestListener,
  { ratePerSecond = 200, forMs = 3000, timeoutSeconds = 1 } = {},
) {
  const cameAt: number[] = [];
  const server = createServer((request, response) => {
    cameAt.push(performance.now());
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const herd = startHerd({
    targets: [{ name: 'app-1', url: `http://127.0.0.1:${port}` }],
    poolSeconds: 2,
    path: '/keys/hot',
    ratePerSecond,
    timeoutSeconds,
  });
  // The length of the load is what is given here, not a wait for something to happen.
  await sleep(forMs);
  const result = await herd.stop();
  server.closeAllConnections();
  server.close();
  const count = (ending: string) => result.arrivals.filter((arrival) => arrival.ending === ending).length;
  return { ...result, cameAt, count };
}

const answer: RequestListener = (_request, response) => response.end(BODY);

describe('the herd', () => {
  it('arrives at the rate asked for and accounts for every arrival', async () => {
    const { scheduled, arrivals, count } = await drive(answer);
    assert.equal(arrivals.length, scheduled);
    assert.ok(Math.abs(scheduled - 600) <= 12, `${scheduled} in 3 s at 200/s`);
    assert.equal(count('ok'), scheduled);
  });

  it('does not arrive more slowly because answers are slow', async () => {
    const { cameAt, scheduled, count } = await drive(
      (request, response) => {
        setTimeout(() => answer(request, response), 900);
      },
      { timeoutSeconds: 5 },
    );
    assert.equal(count('ok'), scheduled);
    // From the second second on: the first brings what the opening of the first connections held up.
    const from = (cameAt[0] ?? 0) + 1000;
    const arrived = cameAt.filter((at) => at >= from && at < from + 1000).length;
    assert.ok(Math.abs(arrived - 200) <= 20, `${arrived} in a second`);
  });

  it('counts latency from when a request was due, and says what found no connection free', async () => {
    const { scheduled, arrivals, count } = await drive(() => {}, { timeoutSeconds: 3, forMs: 2600 });
    assert.equal(arrivals.length, scheduled);
    assert.equal(count('timeout'), 400);
    assert.equal(count('unsent'), scheduled - 400);
    assert.ok(count('unsent') >= 80);
  });

  it('records an answer with an error status, with its code', async () => {
    const { arrivals, scheduled, count } = await drive(
      (_request, response) => {
        response.statusCode = 502;
        response.end('{"code":"ERR_DOGPILE_ORIGIN_FAILED"}');
      },
      { forMs: 1000 },
    );
    assert.equal(count('error'), scheduled);
    assert.deepEqual(
      new Set(arrivals.map(({ status, why }) => `${status} ${why}`)),
      new Set(['502 ERR_DOGPILE_ORIGIN_FAILED']),
    );
  });

  it('records a connection that breaks under a request, and goes on', async () => {
    let broken = 0;
    const { scheduled, arrivals, count } = await drive((request, response) => {
      if (broken++ % 10 === 0) request.socket.destroy();
      else answer(request, response);
    });
    assert.equal(arrivals.length, scheduled);
    assert.ok(count('error') >= 50, `${count('error')} errors`);
    assert.equal(count('ok') + count('error'), scheduled);
  });
});
