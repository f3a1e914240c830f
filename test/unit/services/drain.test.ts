import assert from 'node:assert/strict';
import { Agent, get, type IncomingMessage } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { InFlight } from '../../../services/member/in-flight.ts';
import { drainable } from '../../../services/shared/drain.ts';
import { within } from '../../support/within.ts';

const nothing = async () => {};

/** A server that answers `/slow` when it is told to, and a client that keeps its connections. */
async function started(t: TestContext) {
  const server = Fastify();
  const drain = drainable(server);
  let finish = () => {};
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  server.get('/', async () => 'here');
  server.get('/slow', () => {
    begin();
    return new Promise<string>((resolve) => {
      finish = () => resolve('at last');
    });
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(async () => {
    agent.destroy();
    await server.close();
  });
  const ask = (path: string, through: Agent | false = agent) =>
    new Promise<{ status: number; connection: string | undefined; reused: boolean }>((resolve, reject) => {
      const request = get(`${url}${path}`, { agent: through }, (response: IncomingMessage) => {
        const { statusCode: status = 0, headers } = response;
        response.resume();
        response.on('end', () =>
          resolve({ status, connection: headers.connection, reused: request.reusedSocket }),
        );
      });
      request.on('error', reject);
    });
  return { drain, ask, begun, finish: () => finish() };
}

describe('a server that drains', () => {
  it('answers what comes on an idle connection, and closes that behind it', async (t) => {
    const { drain, ask } = await started(t);
    assert.equal((await ask('/')).connection, 'keep-alive');
    const drained = drain.drain({ withinMs: 10_000, settled: nothing });
    assert.deepEqual(await ask('/'), { status: 200, connection: 'close', reused: true });
    assert.equal(await within(3000, 'the end of the drain', drained), true);
  });

  it('answers what is under way, with word that the connection closes', async (t) => {
    const { drain, ask, begun, finish } = await started(t);
    const answer = ask('/slow');
    await begun;
    const drained = drain.drain({ withinMs: 10_000, settled: nothing });
    finish();
    assert.deepEqual(await answer, { status: 200, connection: 'close', reused: false });
    assert.equal(await within(3000, 'the end of the drain', drained), true);
  });

  it('takes no new connection', async (t) => {
    const { drain, ask, begun, finish } = await started(t);
    const answer = ask('/slow');
    await begun;
    const drained = drain.drain({ withinMs: 10_000, settled: nothing });
    await assert.rejects(ask('/', false), { code: 'ECONNREFUSED' });
    finish();
    await answer;
    await drained;
  });

  it('cuts what is left when its time is over, and says so', async (t) => {
    const { drain, ask, begun } = await started(t);
    const cut = assert.rejects(ask('/slow'), { code: 'ECONNRESET' });
    await begun;
    assert.equal(await drain.drain({ withinMs: 50, settled: nothing }), false);
    await cut;
  });

  it('waits for more than its connections', async (t) => {
    const { drain } = await started(t);
    let settle = () => {};
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const order: string[] = [];
    const drained = drain.drain({ withinMs: 10_000, settled: () => settled });
    const ended = drained.then(() => order.push('drained'));
    setImmediate(() => {
      order.push('settled');
      settle();
    });
    await ended;
    assert.deepEqual(order, ['settled', 'drained']);
  });
});

describe('what is under way', () => {
  it('has settled once the last step of each flight has ended, failed steps included', async () => {
    const inFlight = new InFlight();
    const step = (fails = false) =>
      inFlight.track(
        new Promise<void>((resolve, reject) =>
          setImmediate(() => (fails ? reject(new Error('failed')) : resolve())),
        ),
      );
    let steps = 0;
    const flight = async () => {
      for (; steps < 5; steps++) await step(steps === 2).catch(() => {});
    };
    const flown = flight();
    await inFlight.settled();
    assert.equal(steps, 5);
    await flown;
  });
});
