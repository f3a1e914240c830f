import { OriginFailed, OriginLate, OriginRefused } from '../strategies/contract/errors.ts';
import type { Clock, Origin, RecomputeContext, WallMs } from '../strategies/contract/index.ts';

/** How the origin is reached: `fetch`, or what stands for it. */
export type Transport = (
  url: URL,
  init: { readonly method?: string; readonly signal: AbortSignal },
) => Promise<Response>;

export interface OriginClientOptions {
  readonly url: string;
  /** Who asks, for the ledger. */
  readonly by: string;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  readonly transport: Transport;
  readonly clock: Clock;
}

/** The origin does not know who asks. */
const NO_MEMBER = 403;

/** Of the origin's own words in an error. */
const MOST_CHARACTERS = 200;

/** What the origin answers. */
interface Body<V> {
  readonly value: V;
  readonly version: number;
  readonly computedAt: WallMs;
  /** How long the question queued before the origin began; not every origin says it. */
  readonly queuedMs?: unknown;
}

/** Reads the origin's answer. Throws {@link OriginRefused} if something is missing: nobody could serve it. */
async function bodyOf<V>(response: Response, key: string): Promise<Body<V>> {
  const body = (await response.json()) as Partial<Body<V>> | null;
  if (typeof body !== 'object' || body?.value === undefined)
    throw new OriginRefused('its answer has no value', { key });
  for (const field of ['version', 'computedAt'] as const)
    if (!Number.isFinite(body[field])) throw new OriginRefused(`its answer has no ${field}`, { key });
  return body as Body<V>;
}

/**
 * Asks the origin over HTTP. Whatever goes wrong is {@link OriginFailed} with the origin's own error as its cause; an
 * abort is its signal's own reason.
 */
export function httpOrigin<V>(options: OriginClientOptions): Origin<V> {
  const { timeoutMs, transport, clock } = options;
  return {
    async recompute(key, context) {
      const { signal } = context;
      const call = new AbortController();
      let late = false;
      const stopTimer = clock.after(timeoutMs, () => {
        if (call.signal.aborted) return;
        late = true;
        call.abort(new OriginLate(`no answer within ${timeoutMs} ms`, { key }));
      });
      const abort = () => call.abort(signal?.reason);
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
      const askedAt = clock.now();
      try {
        const ask = () => transport(recomputeUrl(options, key, context), { signal: call.signal });
        let response = await ask();
        if (response.status === NO_MEMBER) {
          // A restarted origin knows only the members that its configuration names.
          await response.body?.cancel();
          if (await announce(options, call.signal)) response = await ask();
        }
        // Once the origin answers there is no work left to spare; the fence decides whether the value may be written.
        signal?.removeEventListener('abort', abort);
        if (!response.ok)
          throw new OriginRefused(`status ${response.status}: ${await textOf(response)}`, { key });
        const body = await bodyOf<V>(response, key);
        const { value, version, computedAt } = body;
        const recomputeMs = Math.max(0, clock.now() - askedAt - queuedMsIn(body));
        return { value, version, computedWallMs: computedAt, recomputeMs };
      } catch (error) {
        if (call.signal.aborted && !late) throw signal?.reason;
        const cause = late ? call.signal.reason : error;
        throw new OriginFailed(`the origin could not recompute ${key}: ${(cause as Error).message}`, {
          cause,
          key,
        });
      } finally {
        stopTimer();
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}

/** How long the question queued, by the origin's own word; 0 if it says nothing, or no time. */
const queuedMsIn = ({ queuedMs }: Body<unknown>): number =>
  typeof queuedMs === 'number' && Number.isFinite(queuedMs) && queuedMs >= 0 ? queuedMs : 0;

/** What an error says of itself, in one line; nothing where it breaks off. */
async function textOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  const message = messageIn(text) ?? text;
  return message.replaceAll(/\s+/g, ' ').slice(0, MOST_CHARACTERS);
}

/** The message of an error in JSON, as Fastify and others send it. */
function messageIn(text: string): string | undefined {
  try {
    const { message } = Object(JSON.parse(text));
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function recomputeUrl(
  { url, by }: OriginClientOptions,
  key: string,
  { seenStoreMs, replaces }: RecomputeContext,
): URL {
  const target = new URL(`/recompute/${encodeURIComponent(key)}`, url);
  target.searchParams.set('by', by);
  if (seenStoreMs !== undefined) target.searchParams.set('seenAt', String(seenStoreMs));
  if (replaces !== undefined) target.searchParams.set('replaces', String(replaces));
  return target;
}

/**
 * Tells the origin who will ask it, so that its count of them starts at 0. If it does not hear, the first recompute
 * announces its asker. Tells whether the origin has heard.
 */
export async function announce(
  { url, by, timeoutMs, transport, clock }: OriginClientOptions,
  signal?: AbortSignal,
): Promise<boolean> {
  const call = new AbortController();
  const stopTimer = clock.after(timeoutMs, () => call.abort());
  const target = new URL(`/askers/${encodeURIComponent(by)}`, url);
  try {
    const signals = signal ? [call.signal, signal] : [call.signal];
    const response = await transport(target, { method: 'PUT', signal: AbortSignal.any(signals) });
    return response.ok;
  } catch {
    return false;
  } finally {
    stopTimer();
  }
}
