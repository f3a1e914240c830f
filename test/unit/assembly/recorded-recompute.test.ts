import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operationNumbers, withObservedOrigin } from '../../../assembly/observed.ts';
import { httpOrigin, type Transport } from '../../../backends/http-origin.ts';
import type { Event } from '../../../record/events.ts';
import { recordingObserver } from '../../../services/member/observe/recording.ts';
import type { RecomputeContext } from '../../../strategies/contract/index.ts';
import { HandClock } from '../../support/hand-clock.ts';

const TIMEOUT_MS = 100;
const BODY = { value: 'v', version: 7, computedAt: 1_700_000_000_000 };

/** Never answers; ends with its signal's reason. */
const silent: Transport = (_url, { signal }) =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

/** An origin over this transport, and what was recorded when the transport was called. */
function recorded(transport: Transport) {
  const events: Event[] = [];
  const atCall: Event[] = [];
  const clock = new HandClock();
  const observed: Transport = (...call) => {
    atCall.push(...events);
    return transport(...call);
  };
  const options = { url: 'http://origin', by: 'app-1', timeoutMs: TIMEOUT_MS, transport: observed, clock };
  const record = recordingObserver((event) => events.push(event));
  const origin = withObservedOrigin(httpOrigin<string>(options), record, operationNumbers());
  return { origin, clock, events, atCall };
}

async function eventsOf(transport: Transport, context: RecomputeContext = {}) {
  const { origin, events } = recorded(transport);
  await origin.recompute('k', context).catch(() => {});
  return events;
}

describe('the record of a recompute', () => {
  it('is begun before the origin is called, with the version to replace, and ends with the version made', async () => {
    const { origin, events, atCall } = recorded(async () => new Response(JSON.stringify(BODY)));
    await origin.recompute('k', { replaces: 6 });
    await origin.recompute('k', {});
    assert.deepEqual(events, [
      { event: 'recompute', key: 'k', op: 1, replaces: 6 },
      { event: 'recompute-ended', key: 'k', op: 1, outcome: 'ok', version: 7 },
      { event: 'recompute', key: 'k', op: 2 },
      { event: 'recompute-ended', key: 'k', op: 2, outcome: 'ok', version: 7 },
    ]);
    assert.deepEqual(atCall, [events[0], ...events.slice(0, 3)]);
  });

  it('ends as fail if the origin said that it failed', async () => {
    const [, ended] = await eventsOf(async () => new Response('out of order', { status: 500 }));
    assert.ok(ended?.event === 'recompute-ended' && ended.outcome === 'fail');
    assert.match(ended.why, /status 500: out of order/);
  });

  it('ends as unknown if the connection broke, before the answer or within it', async () => {
    const refused: Transport = () => Promise.reject(new TypeError('fetch failed'));
    const cut: Transport = async () => new Response('{"value":');
    for (const transport of [refused, cut]) {
      const [, ended] = await eventsOf(transport);
      assert.ok(ended?.event === 'recompute-ended' && ended.outcome === 'unknown');
    }
  });

  it('ends as unknown if the origin was late', async () => {
    const { origin, clock, events } = recorded(silent);
    const late = assert.rejects(origin.recompute('k', {}));
    await clock.advance(TIMEOUT_MS);
    await late;
    assert.ok(events[1]?.event === 'recompute-ended' && events[1].outcome === 'unknown');
    assert.match(events[1].why, /no answer within 100 ms/);
  });

  it('ends as unknown if it was aborted', async () => {
    const reason = new Error('lost the lease');
    const [, ended] = await eventsOf(silent, { signal: AbortSignal.abort(reason) });
    assert.deepEqual(ended, {
      event: 'recompute-ended',
      key: 'k',
      op: 1,
      outcome: 'unknown',
      why: 'lost the lease',
    });
  });
});
