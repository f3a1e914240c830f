import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { MemberFailed } from '../../services/shared/lab-errors.ts';

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
  const message = await messageOf(answer);
  if (!DONE.test(message)) throw new MemberFailed(message);
}

/** Asks the engine something over its socket. */
async function ask<T>(socketPath: string, path: string): Promise<T> {
  const [answer] = await once(request({ socketPath, path }).end(), 'response');
  if (answer.statusCode >= 400) throw new MemberFailed(await messageOf(answer));
  return (await json(answer)) as T;
}

const messageOf = async (answer: IncomingMessage) => ((await json(answer)) as { message: string }).message;

/** A container as the engine lists it. */
export interface Listed {
  readonly Id: string;
  /** created, running, paused, exited, … */
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Ports: readonly { readonly IP?: string; readonly PublicPort?: number }[];
}

/** The containers with this label (`name=value`), in any state. */
export const listContainers = (socketPath: string, label: string): Promise<readonly Listed[]> =>
  ask(
    socketPath,
    `/containers/json?all=true&filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`,
  );

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
