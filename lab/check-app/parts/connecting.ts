import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersWithinMs } from '../../../cluster/environment.ts';
import { notMet, ok, optional, type Part } from '../part.ts';
import { FIRST, type Stage } from '../stage.ts';
import { serves } from './starting.ts';

const KEY = 'check-keep';
/** A service that closes a connection behind its answer has done so by then. */
const CLOSES_WITHIN_MS = 100;

/** What came of one of two requests on one connection. */
interface Answer {
  readonly httpVersion: string;
  /** Whether the connection was there before. */
  readonly isReused: boolean;
}

export const keepsConnections: Part = {
  name: 'it keeps connections open',
  needs: [serves],
  async check(stage) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () => askOn(agent, stage);
    try {
      const first = await ask();
      await sleep(CLOSES_WITHIN_MS, undefined, { signal: stage.signal });
      const second = await ask();
      if (second.isReused) return ok('two requests on one connection');
      if (first.httpVersion === '1.0')
        return notMet(
          'it answers with HTTP/1.0, and closes each connection without a word',
          "answer with HTTP/1.1. In Python's BaseHTTPRequestHandler: protocol_version = 'HTTP/1.1'",
        );
      return optional(
        'it closes each behind its answer',
        'keep them open: a request that meets the end of its connection fails',
      );
    } catch (error) {
      stage.signal.throwIfAborted();
      return notMet(
        `one of two requests in a row got no answer: ${(error as Error).message}`,
        'answer each request on a connection before it closes',
      );
    } finally {
      agent.destroy();
    }
  },
};

function askOn(agent: Agent, stage: Stage): Promise<Answer> {
  const { asking, settings } = stage;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = get(stage.urlOf(FIRST) + asking.path(KEY), {
    agent,
    headers: asking.headers,
    signal: AbortSignal.any([stage.signal, AbortSignal.timeout(answersWithinMs(settings))]),
  });
  request.once('error', reject);
  request.once('response', (response) => {
    response.once('error', reject);
    response.once('end', () =>
      resolve({
        httpVersion: response.httpVersion,
        isReused: request.reusedSocket,
      }),
    );
    response.resume();
  });
  return promise;
}
