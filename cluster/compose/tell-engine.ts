import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';

/** What the engine says of what is done already. */
const DONE =
  /is not running|is not paused|already paused|is not connected to|endpoint with name \S+ already exists/;

/**
 * Tells the engine something over its socket: a docker command would take a fifth of a second to start on a busy machine,
 * and a holder's recompute is soon over. Done already is no failure.
 */
async function tell(socketPath: string, path: string, body?: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const asked = request({ socketPath, method: 'POST', path, headers }).end(body && JSON.stringify(body));
  const [answer] = await once(asked, 'response');
  if (answer.statusCode < 400) {
    answer.resume();
    return;
  }
  const { message } = (await json(answer)) as { message: string };
  if (!DONE.test(message)) throw new Error(message);
}

export type Verb = 'kill' | 'pause' | 'unpause' | 'stop' | 'start';

export const tellContainer = (socketPath: string, verb: Verb, id: string): Promise<void> =>
  tell(socketPath, `/containers/${id}/${verb}`);

/** A container's part in a network, and what it is called there beside its own name. */
export interface Membership {
  readonly network: string;
  readonly id: string;
  readonly alias: string;
}

/** Takes the container out of the network as if its cable were pulled; whom it talked to is not told. */
export const leaveNetwork = (socketPath: string, { network, id }: Membership): Promise<void> =>
  tell(socketPath, `/networks/${network}/disconnect`, { Container: id, Force: true });

/** Its address there may be another than before. */
export const joinNetwork = (socketPath: string, { network, id, alias }: Membership): Promise<void> =>
  tell(socketPath, `/networks/${network}/connect`, {
    Container: id,
    EndpointConfig: { Aliases: [alias] },
  });
