import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../services/shared/usage-error.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../process-identity.ts';

/** A port of this machine, and the process that claims it. */
export interface PortClaim {
  readonly port: number;
  readonly owner: ProcessIdentity;
}

/**
 * The ports that processes of this user claim on this machine: a folder with an empty file for each claim, whose name
 * says port and owner. Two processes that claim the same port never both get it: each writes its file first and then
 * looks for others. The later one always sees the earlier file, and a process that sees another's file withdraws. A claim
 * ends with its owner. Then any process may remove it, since no later process has the same identity.
 */
export class PortRegistry {
  readonly #folder: string;
  readonly #self: ProcessIdentity;

  constructor(folder: string = sharedFolder()) {
    this.#folder = folder;
    this.#self = identityOf(process.pid) ?? { pid: process.pid };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (process.getuid && lstatSync(folder).uid !== process.getuid())
      throw new UsageError(
        `${folder}, where the lab reserves its ports, belongs to another user. Remove it, or type: TMPDIR=… make herd, with a folder of your own`,
      );
  }

  /** Claims all of the ports or none. Gives the claims that stand in the way: none if the ports are yours now. */
  claim(ports: readonly number[]): readonly PortClaim[] {
    const written: number[] = [];
    const taken = ports.filter((port) => {
      if (!this.#write(port)) return true;
      written.push(port);
      return false;
    });
    const mine = taken.map((port) => ({ port, owner: this.#self }));
    const others = this.claims().filter(
      ({ port, owner }) => ports.includes(port) && !isSame(owner, this.#self),
    );
    const inTheWay = [...mine, ...others];
    if (inTheWay.length > 0) this.release(written);
    return inTheWay;
  }

  /** Ends this process's claims to these ports. Safe to call twice. */
  release(ports: readonly number[]): void {
    for (const port of ports) this.#remove(nameOf({ port, owner: this.#self }));
  }

  /** Lists the claims whose owners live, and removes the others. */
  claims(): readonly PortClaim[] {
    // One process has many claims, and on some systems it takes a command to look at it.
    const alive = new Map<string, boolean>();
    return readdirSync(this.#folder).flatMap((name) => {
      const claim = claimIn(name);
      if (!claim) return [];
      const owner = JSON.stringify(claim.owner);
      if (!alive.has(owner)) alive.set(owner, isAlive(claim.owner));
      if (alive.get(owner)) return [claim];
      this.#remove(name);
      return [];
    });
  }

  /** Writes the claim. Gives false if this process has it already. */
  #write(port: number): boolean {
    try {
      closeSync(openSync(join(this.#folder, nameOf({ port, owner: this.#self })), 'wx'));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  #remove(name: string): void {
    rmSync(join(this.#folder, name), { force: true });
  }
}

/** Every lab of this user on this machine has the same folder, whatever its checkout. */
const sharedFolder = () => join(tmpdir(), `dogpile-ports-${process.getuid?.() ?? userInfo().username}`);

const isSame = (one: ProcessIdentity, other: ProcessIdentity) =>
  one.pid === other.pid && one.startedAt === other.startedAt && one.boot === other.boot;

/** `20123@4711@1234567@<boot>`, with every part escaped, so that no part contains the separator. */
const nameOf = ({ port, owner: { pid, startedAt = '', boot = '' } }: PortClaim): string =>
  [port, pid, startedAt, boot].map((part) => encodeURIComponent(part)).join('@');

function claimIn(name: string): PortClaim | undefined {
  const [port, pid, startedAt, boot, ...more] = partsOf(name);
  if (boot === undefined || more.length > 0) return undefined;
  const owner = { pid: Number(pid), ...(startedAt && { startedAt }), ...(boot && { boot }) };
  return { port: Number(port), owner };
}

/** Gives the parts of a name; none if it is a name of somebody else's. */
function partsOf(name: string): string[] {
  try {
    return name.split('@').map(decodeURIComponent);
  } catch {
    return [];
  }
}
