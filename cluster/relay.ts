import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { MemberFailed } from '../services/shared/lab-errors.ts';
import type { Held, Relays } from './cluster.ts';

/** How long the relay may take for an order that it carries out at once. */
const ORDER_WITHIN_MS = 5000;

/** Gives orders to the relay at this address. */
export const relayAt = (url: string): Relays => ({
  async hold(hold, signal) {
    const held = await order(url, 'hold', hold, signal).catch(async (error) => {
      // It may hold a call by now, and its answer never arrived.
      await order(url, 'release', {}).catch(() => {});
      throw error;
    });
    if (!held) throw new MemberFailed('the relay ended a hold that held nothing');
    return held as Held;
  },
  async release(member) {
    await order(url, 'release', { member });
  },
  async drop(member) {
    await order(url, 'drop', { member });
  },
  async delay(member, ms, more = {}) {
    await order(url, 'delay', { member, ms, ...more });
  },
});

/** Sends an order and gives the answer, if it has a body. Not by `fetch`, which waits for no answer longer than 5 minutes. */
async function order(
  url: string,
  verb: string,
  body: object,
  signal = AbortSignal.timeout(ORDER_WITHIN_MS),
): Promise<unknown> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const sent = request(`${url}/${verb}`, { method: 'POST', headers, agent: false, signal });
  sent.on('error', (error) => reject(signal.aborted ? signal.reason : error));
  sent.on('response', async (answer) => {
    if (answer.statusCode === 204) answer.resume();
    const said = answer.statusCode === 204 ? undefined : await json(answer).catch(reject);
    if ((answer.statusCode ?? 500) < 300) resolve(said);
    else reject(new MemberFailed(`the relay refused to ${verb}: ${JSON.stringify(said)}`));
  });
  sent.end(JSON.stringify(body));
  return promise;
}
