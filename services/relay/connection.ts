import type { Socket } from 'node:net';
import type { Delays, Traffic } from './delay.ts';
import type { Holds } from './holds.ts';
import { Line, type LineTools } from './line.ts';
import { Frames } from './resp/frames.ts';
import { itemsOf } from './resp/items.ts';
import type { ReadCall, ScriptCall } from './script-calls.ts';

/** Commands after which the replies no longer come one per command. */
const BREAKS_PAIRING = /^(P|S)?(UN)?SUBSCRIBE$|^(MONITOR|P?SYNC)$/;
const SUBSCRIBES = /^(P|S)?SUBSCRIBE$/;
const PUSH = '>'.charCodeAt(0);

export interface ConnectionParts {
  readonly member: string;
  /** The member's side. Both sides may be half open. */
  readonly client: Socket;
  /** The side of Redis; it may still be connecting. */
  readonly upstream: Socket;
  readonly readCall: ReadCall;
  readonly holds: Holds;
  readonly delays: Delays;
  readonly tools: LineTools;
}

/**
 * A member's connection and its continuation to Redis. It pairs replies with calls by their order, so that a reply is known
 * by its script. A connection that subscribes is passed on byte by byte, and has the delay of messages from then on.
 */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #calls: Line;
  readonly #replies: Line;
  /** The calls without a reply yet; undefined stands for a command that is no call of a script. */
  readonly #pending: (ScriptCall | undefined)[] = [];
  #isPaired = true;
  #carries: Traffic = 'commands';
  #delays: Delays;

  constructor(parts: ConnectionParts) {
    const { client, upstream, delays, tools } = parts;
    this.#parts = parts;
    this.#delays = delays;
    this.#calls = new Line(upstream, delays.commands, tools);
    this.#replies = new Line(client, delays.commands, tools);
    const looks = {
      call: (frame: Buffer) => this.#stopsCall(frame),
      reply: (frame: Buffer) => this.#stopsReply(frame),
    };
    this.#join(client, upstream, this.#calls, looks.call);
    this.#join(upstream, client, this.#replies, looks.reply);
    // Nobody could be told that the other side is gone but by the end of this one.
    upstream.on('error', () => client.resetAndDestroy());
    client.on('error', () => {});
  }

  set delays(delays: Delays) {
    this.#delays = delays;
    for (const line of this.#lines) line.delay = delays[this.#carries];
  }

  release(): void {
    for (const line of this.#lines) line.release();
  }

  /** Cuts the connection. What is held or late is lost. */
  drop(): void {
    for (const line of this.#lines) line.lose();
    this.#parts.client.resetAndDestroy();
    this.#parts.upstream.destroy();
  }

  get #lines() {
    return [this.#calls, this.#replies];
  }

  #join(from: Socket, to: Socket, line: Line, stops: (frame: Buffer) => boolean): void {
    const frames = new Frames();
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      // One write for all that came at once.
      to.cork();
      if (this.#isPaired)
        for (const frame of frames.cut(chunk)) line.pass(frame, () => this.#isPaired && stops(frame));
      else for (const bytes of [...frames.rest(), chunk]) line.pass(bytes);
      if (!frames.readable) this.#isPaired = false;
      to.uncork();
    });
    // A member that died sends no more: its call that is held here never reaches Redis.
    from.on('end', () => line.end());
    from.on('close', () => line.end());
  }

  #stopsCall(frame: Buffer): boolean {
    const { member, readCall, holds } = this.#parts;
    const [command, mode] = (itemsOf(frame, 2) ?? []).map((item) => item.toString('latin1').toUpperCase());
    if (!command || BREAKS_PAIRING.test(command) || (command === 'CLIENT' && mode === 'REPLY')) {
      this.#isPaired = false;
      if (command && SUBSCRIBES.test(command)) this.#carryMessages();
      return false;
    }
    const call = readCall(frame);
    this.#pending.push(call);
    return (
      call !== undefined && holds.take({ member, part: 'call', ...factsOf(call), fence: calledFence(call) })
    );
  }

  #carryMessages(): void {
    this.#carries = 'messages';
    this.delays = this.#delays;
  }

  #stopsReply(frame: Buffer): boolean {
    // A push answers no call.
    if (frame[0] === PUSH) return false;
    const call = this.#pending.shift();
    if (!call) return false;
    const fence = answeredFence(call, frame);
    const { member, holds } = this.#parts;
    return fence !== undefined && holds.take({ member, part: 'reply', ...factsOf(call), fence });
  }
}

const factsOf = ({ script, keys: [entry = ''] }: ScriptCall) => ({ script, entry });

/** Reads the fence in a commit's condition. Another call has none. */
const calledFence = ({ script, args }: ScriptCall): number => (script === 'commit' ? Number(args[1]) : 0);

/** Reads the fence in a reply that grants or accepts. Undefined: it does neither. */
function answeredFence(call: ScriptCall, frame: Buffer): number | undefined {
  const [outcome, fence] = (itemsOf(frame, 2) ?? []).map((item) => item.toString('latin1'));
  if (outcome === 'granted') return Number(fence);
  return call.script === 'commit' && outcome === '1' ? calledFence(call) : undefined;
}
