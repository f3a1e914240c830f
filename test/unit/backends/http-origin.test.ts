import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { announce, httpOrigin, type Transport } from '../../../backends/http-origin.ts';
import { OriginFailed, OriginLate, OriginRefused } from '../../../strategies/contract/errors.ts';
import { HandClock } from '../../support/hand-clock.ts';

const TIMEOUT_MS = 100;
const BODY = { value: 'v', version: 7, computedAt: 1_700_000_000_000 };

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

/** Answers when the test says so; ends with its signal's reason. */
function heldTransport() {
  const asked: URL[] = [];
  let answer: (response: Response) => void = () => {};
  const transport: Transport = (url, { signal }) =>
    new Promise((resolve, reject) => {
      asked.push(url);
      answer = resolve;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { transport, asked, answer: (response: Response) => answer(response) };
}

function origin(transport: Transport, clock = new HandClock()) {
  const options = { url: 'http://origin', by: 'app-1', timeoutMs: TIMEOUT_MS, transport, clock };
  return { clock, origin: httpOrigin<string>(options) };
}

const failing = (kind: new (...args: never[]) => Error, said: RegExp) => (error: unknown) =>
  error instanceof OriginFailed &&
  error.key === 'k' &&
  error.cause instanceof kind &&
  said.test(error.message);

describe('the origin over HTTP', () => {
  for (const [lacking, body] of [
    ['value', { version: 7, computedAt: 1 }],
    ['version', { value: 'v', computedAt: 1 }],
    ['version', { value: 'v', version: 'seven', computedAt: 1 }],
    ['computedAt', { value: 'v', version: 7 }],
    ['value', null],
    ['value', [1]],
  ] as const)
    it(`fails with an answer that has no ${lacking}: ${JSON.stringify(body)}`, async () => {
      const { origin: asker } = origin(async () => json(body));
      await assert.rejects(
        asker.recompute('k', {}),
        failing(OriginRefused, new RegExp(`its answer has no ${lacking}`)),
      );
    });

  it('serves null, which is a value', async () => {
    const { origin: asker } = origin(async () => json({ ...BODY, value: null }));
    assert.equal((await asker.recompute('k', {})).value, null);
  });

  it('is asked by name, with what was seen in the store, and its answer carries what it took', async () => {
    const { transport, asked, answer } = heldTransport();
    const { origin: asker, clock } = origin(transport);
    const made = asker.recompute('k/1', { seenStoreMs: 41, replaces: 6 });
    await clock.advance(30);
    answer(json(BODY));
    assert.deepEqual(await made, {
      value: 'v',
      version: 7,
      computedWallMs: BODY.computedAt,
      recomputeMs: 30,
    });
    assert.equal(`${asked[0]}`, 'http://origin/recompute/k%2F1?by=app-1&seenAt=41&replaces=6');
    assert.equal(clock.timers, 0);
  });

  it('is told of no version to replace where nobody knows one, but of version 0 where nothing was stored yet', async () => {
    const asked: string[] = [];
    const { origin: asker } = origin(async (url) => {
      asked.push(url.search);
      return json(BODY);
    });
    await asker.recompute('k', {});
    await asker.recompute('k', { replaces: 0 });
    assert.deepEqual(asked, ['?by=app-1', '?by=app-1&replaces=0']);
  });

  /** What a recompute is said to have cost that took 30 ms in all, by what the origin says of its queue. */
  async function costWhere(queuedMs: string): Promise<number> {
    const { transport, answer } = heldTransport();
    const { origin: asker, clock } = origin(transport);
    const made = asker.recompute('k', {});
    await clock.advance(30);
    answer(new Response(JSON.stringify({ ...BODY, queuedMs: 'Q' }).replace('"Q"', queuedMs)));
    return (await made).recomputeMs;
  }

  it('costs what it took without the time in the origin’s queue, so that a queue makes no refresh earlier', async () => {
    assert.equal(await costWhere('0'), 30);
    assert.equal(await costWhere('20'), 10);
    assert.equal(await costWhere('29.5'), 0.5);
  });

  it('never costs less than nothing, though the origin says that it queued for longer than it took', async () =>
    assert.equal(await costWhere('31'), 0));

  for (const queuedMs of ['null', '-1', '"20"', '1e999', '{"ms":20}'])
    it(`costs all that it took where the origin says ${queuedMs} of its queue`, async () =>
      assert.equal(await costWhere(queuedMs), 30));

  it('fails with the status and the words of its own error', async () => {
    const { origin: asker } = origin(async () => json({ statusCode: 500, message: 'out of\n order' }, 500));
    await assert.rejects(asker.recompute('k', {}), failing(OriginRefused, /status 500: out of order$/));
  });

  for (const [what, body] of [
    ['null', 'null'],
    ['a number', '5'],
    ['no JSON', 'gone'],
  ] as const)
    it(`fails with the status when its error is ${what}`, async () => {
      const { origin: asker } = origin(async () => new Response(body, { status: 503 }));
      await assert.rejects(asker.recompute('k', {}), failing(OriginRefused, /status 503: /));
    });

  it('fails with the status when its error breaks off', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('cut')) });
    const { origin: asker } = origin(async () => new Response(broken, { status: 500 }));
    await assert.rejects(asker.recompute('k', {}), failing(OriginRefused, /status 500/));
  });

  it('is late after its time, and no longer', async () => {
    const { origin: asker, clock } = origin(heldTransport().transport);
    const made = asker.recompute('k', {});
    const failed = assert.rejects(made, failing(OriginLate, /no answer within 100 ms/));
    await clock.advance(TIMEOUT_MS);
    await failed;
  });

  it('is given up with the caller’s own reason', async () => {
    const { origin: asker, clock } = origin(heldTransport().transport);
    const caller = new AbortController();
    const made = asker.recompute('k', { signal: caller.signal });
    const reason = new Error('lost the lease');
    caller.abort(reason);
    await assert.rejects(made, (error) => error === reason);
    assert.equal(clock.timers, 0);
  });

  it('is given up with the caller’s reason though its time runs out before the transport notices', async () => {
    const clock = new HandClock();
    let end: (error: Error) => void = () => {};
    const deaf: Transport = () =>
      new Promise((_, reject) => {
        end = reject;
      });
    const caller = new AbortController();
    const reason = new Error('lost the lease');
    const made = origin(deaf, clock).origin.recompute('k', { signal: caller.signal });
    caller.abort(reason);
    await clock.advance(TIMEOUT_MS);
    end(new Error('aborted'));
    await assert.rejects(made, (error) => error === reason);
  });

  it('is not given up once it has answered: the fence decides', async () => {
    const { transport, answer } = heldTransport();
    const caller = new AbortController();
    const made = origin(transport).origin.recompute('k', { signal: caller.signal });
    let finish: () => void = () => {};
    answer(
      new Response(
        new ReadableStream({
          start(controller) {
            finish = () => {
              controller.enqueue(new TextEncoder().encode(JSON.stringify(BODY)));
              controller.close();
            };
          },
        }),
      ),
    );
    await new Promise(setImmediate);
    caller.abort(new Error('too late'));
    finish();
    assert.equal((await made).version, 7);
  });

  it('need not hear who will ask it', async () => {
    const clock = new HandClock();
    const throwing: Transport = () => {
      throw new Error('no network');
    };
    await announce({ url: 'http://origin', by: 'app-1', timeoutMs: TIMEOUT_MS, transport: throwing, clock });
    assert.equal(clock.timers, 0);
  });
});
