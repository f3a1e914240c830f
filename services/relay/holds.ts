import { z } from 'zod';
import type { Script } from '../../backends/redis/port.ts';

/** What to hold on the way between a member and Redis. */
export const holdSchema = z.strictObject({
  /** The step, by its script. With another lease backend, mint.lua stands for acquire.lua. */
  script: z.enum(['acquire', 'commit']),
  /** A reply is held only if it grants, or if it accepts the commit. */
  part: z.enum(['call', 'reply']),
  /** The cached key: only calls for this one. */
  key: z.string().min(1),
  /** Whose; without it, whoever comes first. */
  of: z.string().optional(),
});

/** What is held. */
export interface Held {
  readonly member: string;
  /** The fence of the grant, or of the commit's condition. A call that has yet to be granted has none: 0. */
  readonly fence: number;
}

/** A call or a reply that is about to go on. */
export interface Passing extends Held {
  readonly script: Script;
  readonly part: 'call' | 'reply';
  /** Redis's name of the entry. */
  readonly entry: string;
}

export interface Wanted {
  readonly scripts: readonly Script[];
  readonly part: 'call' | 'reply';
  readonly entry: string;
  readonly of?: string | undefined;
}

interface Armed {
  readonly wanted: Wanted;
  readonly resolve: (held: Held) => void;
}

/** The holds that are armed, for all members. Each holds one call or reply, the first that fits, and is gone then. */
export class Holds {
  readonly #armed = new Set<Armed>();

  /** Arms a hold until something is held, or until {@link Arming.disarm}. */
  arm(wanted: Wanted): Arming {
    const { promise, resolve } = Promise.withResolvers<Held>();
    const armed = { wanted, resolve };
    this.#armed.add(armed);
    return { held: promise, disarm: () => void this.#armed.delete(armed) };
  }

  /** Tells whether to hold this one. */
  take({ member, fence, ...passing }: Passing): boolean {
    for (const armed of this.#armed) {
      if (!fits(armed.wanted, { member, ...passing })) continue;
      this.#armed.delete(armed);
      armed.resolve({ member, fence });
      return true;
    }
    return false;
  }

  disarmAll(): void {
    this.#armed.clear();
  }
}

export interface Arming {
  /** Never settles if nothing is held. */
  readonly held: Promise<Held>;
  disarm(): void;
}

const fits = (wanted: Wanted, passing: Omit<Passing, 'fence'>): boolean =>
  wanted.part === passing.part &&
  wanted.entry === passing.entry &&
  wanted.scripts.includes(passing.script) &&
  (wanted.of === undefined || wanted.of === passing.member);
