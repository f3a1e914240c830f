import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHerd } from '../../../load/herd.ts';
import type { Target } from '../../../load/target.ts';
import { type Arrival, HUNG_UP } from '../../../record/arrival.ts';
import { until } from '../../support/within.ts';

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
  const arrivals: Arrival[] = [];
  const herd = startHerd(
    {
      targets: [{ name: 'app-1', url: `http://127.0.0.1:${port}` }],
      poolSeconds: 2,
      paths: ['/keys/hot'],
      ratePerSecond,
      timeoutSeconds,
    },
    (arrival) => arrivals.push(arrival),
  );
  // The length of the load is what is given here, not a wait for something to happen.
  await sleep(forMs);
  const result = await herd.stop();
  server.closeAllConnections();
  server.close();
  const count = (ending: string) => arrivals.filter((arrival) => arrival.ending === ending).length;
  return { ...result, arrivals, cameAt, count };
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
    const { scheduled, lastDueAt, arrivals, count } = await drive(() => {}, {
      timeoutSeconds: 3,
      forMs: 2600,
    });
    assert.equal(arrivals.length, scheduled);
    assert.equal(lastDueAt, Math.max(...arrivals.map(({ dueAt }) => dueAt)));
    assert.equal(count('timeout'), 400);
    assert.equal(count('unsent'), scheduled - 400);
    assert.ok(count('unsent') >= 80);
  });

  it('records an answer with an error status, with its code, whatever that is', async () => {
    const bodies = ['{"code":"ERR_DOGPILE_ORIGIN_FAILED"}', '{"code":20}', '{}', 'null', 'no JSON'];
    let turn = 0;
    const { arrivals, scheduled, count } = await drive(
      (_request, response) => {
        response.statusCode = 502;
        response.end(bodies[turn++ % bodies.length]);
      },
      { forMs: 1000 },
    );
    assert.equal(count('error'), scheduled);
    assert.deepEqual(
      new Set(arrivals.map(({ why }) => why)),
      new Set(['ERR_DOGPILE_ORIGIN_FAILED', '20', 'no code', 'unreadable answer']),
    );
    assert.deepEqual(new Set(arrivals.map(({ status }) => status)), new Set([502]));
  });

  it('has the client hang up whose request was sent first, and goes on', async () => {
    const held = new Set<ServerResponse>();
    let gone = 0;
    const server = createServer((_request, response) => {
      if (gone > 0) return void response.end(BODY);
      held.add(response);
      response.once('close', () => {
        if (response.writableEnded) return;
        gone += 1;
        for (const one of held) if (one !== response) one.end(BODY);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const arrivals: Arrival[] = [];
    const herd = startHerd(
      {
        targets: [{ name: 'app-1', url: `http://127.0.0.1:${port}` }],
        ...{ poolSeconds: 2, paths: ['/keys/hot'], ratePerSecond: 200, timeoutSeconds: 2 },
      },
      (arrival) => arrivals.push(arrival),
    );
    try {
      await until('some requests', () => held.size > 10, 2000);
      const [first] = held;
      assert.equal(herd.hangUp('app-2'), false);
      assert.equal(herd.hangUp('app-1'), true);
      await until('its connection to close', () => gone > 0, 2000);
      assert.equal(first?.writableEnded, false);
      const { scheduled } = await herd.stop();
      assert.equal(arrivals.length, scheduled);
      const [left, ...others] = arrivals.filter(({ ending }) => ending !== 'ok');
      assert.deepEqual(others, []);
      assert.equal(left?.why, HUNG_UP);
      assert.ok(arrivals.every(({ sentAt = 0 }) => sentAt >= (left?.sentAt ?? 0)));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('records how long the replica says it took, unless a cache gave the answer, or it says nothing that is a length', async () => {
    const body = (tookMs: unknown) => JSON.stringify({ ...JSON.parse(BODY), tookMs });
    const answers: RequestListener[] = [
      (_, response) => response.end(body(3.5)),
      (_, response) => response.setHeader('cache-status', 'proxy-1; fwd=miss').end(body(4.5)),
      (_, response) => response.setHeader('cache-status', 'proxy-1; hit').end(body(5.5)),
      (_, response) => response.end(body('6.5')),
      (_, response) => response.end(body(-7.5)),
    ];
    let turn = 0;
    const { arrivals, stalls } = await drive(
      (request, response) => answers[turn++ % answers.length]?.(request, response),
      { forMs: 1000 },
    );
    assert.deepEqual(
      new Set(arrivals.map(({ cache, tookMs }) => `${cache} ${tookMs}`)),
      new Set(['undefined 3.5', 'fwd 4.5', 'hit undefined', 'undefined undefined']),
    );
    assert.ok(Array.isArray(stalls));
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

/** A server that answers after a while, with a note of when it was asked and of who is connected. */
async function target(name: string, { afterMs = 0, endsConnections = false } = {}) {
  const askedAt: number[] = [];
  const server: Server = createServer((_request, response) => {
    askedAt.push(performance.now());
    if (endsConnections) response.setHeader('connection', 'close');
    setTimeout(() => response.end(BODY.replace('app-1', name)), afterMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const connections = () => new Promise<number>((done) => server.getConnections((_, count) => done(count)));
  return { name, url: `http://127.0.0.1:${port}`, askedAt, connections, server };
}

/** Drives a herd at the first targets, then at the others, and gives back what was recorded. */
async function driveAcross(
  all: readonly Awaited<ReturnType<typeof target>>[],
  { from, to, meanwhile }: { from: readonly Target[]; to: readonly Target[]; meanwhile: () => Promise<void> },
) {
  const plain = (targets: readonly Target[]) => targets.map(({ name, url }) => ({ name, url }));
  const arrivals: Arrival[] = [];
  const herd = startHerd(
    {
      targets: plain(from),
      poolSeconds: 2,
      paths: ['/keys/hot'],
      ratePerSecond: 200,
      timeoutSeconds: 2,
    },
    (arrival) => arrivals.push(arrival),
  );
  try {
    await until('a full pool', () => herd.scheduled > 420, 5000);
    const routedAt = performance.now();
    herd.route(plain(to));
    await meanwhile();
    const enough = herd.scheduled + 400;
    await until('two seconds of load', () => herd.scheduled > enough, 5000);
    const asked = all.map(({ askedAt }) => askedAt.filter((at) => at > routedAt + 100).length);
    return { ...(await herd.stop()), arrivals, asked };
  } finally {
    for (const { server } of all) {
      server.closeAllConnections();
      server.close();
    }
  }
}

const notOk = (arrivals: readonly { readonly ending: string }[]) =>
  arrivals.filter(({ ending }) => ending !== 'ok');

describe('a herd whose targets change', () => {
  it('leaves the one that left, gives a new one its share, and loses no request', async () => {
    const all = [await target('app-1'), await target('app-2'), await target('app-3')] as const;
    const [left, stayed, came] = all;
    const { arrivals, scheduled, asked } = await driveAcross(all, {
      from: [left, stayed],
      to: [stayed, came],
      meanwhile: async () => {
        await until('nobody on the one that left', async () => (await left.connections()) === 0);
        await until('a half on the one that came', async () => (await came.connections()) === 200);
      },
    });
    assert.deepEqual(notOk(arrivals), []);
    assert.equal(arrivals.length, scheduled);
    const [onLeft, onStayed, onCame] = asked as [number, number, number];
    assert.equal(onLeft, 0);
    assert.ok(onStayed > 100 && onCame > 100, `${onStayed} and ${onCame}`);
  });

  it('has the one that left answer what is under way', async () => {
    const all = [await target('app-1', { afterMs: 400 }), await target('app-2')] as const;
    const [left, stayed] = all;
    const { arrivals, scheduled } = await driveAcross(all, {
      from: all,
      to: [stayed],
      meanwhile: async () => {
        assert.ok((await left.connections()) > 0);
        await until('nobody on the one that left', async () => (await left.connections()) === 0);
      },
    });
    assert.deepEqual(notOk(arrivals), []);
    assert.equal(arrivals.length, scheduled);
  });

  it('opens a new connection, where it is routed to, behind an answer that ends the one it had', async () => {
    const all = [await target('app-1', { endsConnections: true }), await target('app-2')] as const;
    const [ends, came] = all;
    const { arrivals, scheduled, asked } = await driveAcross(all, {
      from: [ends],
      to: [ends, came],
      meanwhile: async () => {},
    });
    assert.deepEqual(notOk(arrivals), []);
    assert.equal(arrivals.length, scheduled);
    const [onEnds, onCame] = asked as [number, number];
    assert.ok(onEnds > 100 && onCame > 100, `${onEnds} and ${onCame}`);
  });

  it('counts as sent to a server what that server left unanswered, also after a change', async () => {
    const all = [await target('app-1', { afterMs: 60_000 }), await target('app-2')] as const;
    const [mute, stayed] = all;
    const { arrivals } = await driveAcross(all, { from: all, to: [stayed], meanwhile: async () => {} });
    const failed = notOk(arrivals) as { ending: string; to?: string }[];
    assert.ok(failed.length > 100, `${failed.length} failed`);
    assert.deepEqual(new Set(failed.map(({ to }) => to)), new Set([mute.name]));
  });
});
