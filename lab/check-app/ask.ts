import { answersWithinMs } from '../../cluster/environment.ts';
import { readForeignAnswer } from '../../load/foreign-answer.ts';
import type { Target } from '../../load/target.ts';
import type { Asking } from '../../record/foreign/asking.ts';
import type { Settings } from '../../record/settings.ts';

/** What came of a request. */
export interface Asked {
  /** The request, for a message: `GET http://…`. */
  readonly request: string;
  /** Undefined: no answer came. `failure` says why. */
  readonly status?: number;
  readonly failure?: string;
  /** Undefined: the answer has none where VERSION_AT says. */
  readonly version?: number;
}

export interface AskOptions {
  readonly asking: Asking;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** Asks one instance for a key, as the herd does, without following redirects, on a connection of its own. Throws only if the signal aborts. */
export async function ask(to: Target, key: string, options: AskOptions): Promise<Asked> {
  const { asking, settings, signal } = options;
  const url = to.url + asking.path(key);
  const request = `GET ${url}`;
  const patience = AbortSignal.timeout(answersWithinMs(settings));
  try {
    const answer = await fetch(url, {
      headers: { ...asking.headers, connection: 'close' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, patience]),
    });
    const body = await answer.text();
    const headers = Object.fromEntries(answer.headers);
    const { version } = readForeignAnswer({ body, headers, to: to.name }, asking.versionAt);
    return { request, status: answer.status, ...(version !== undefined && { version }) };
  } catch (error) {
    signal.throwIfAborted();
    return { request, failure: reasonOf(error as Error) };
  }
}

/** Fetch hides the reason behind "fetch failed". */
function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return 'it took too long';
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}

/** Says what came, in a few words: `GET … got 404`. */
export const outcomeOf = ({ request, status, failure }: Asked): string =>
  `${request} got ${status ?? `no answer: ${failure}`}`;
