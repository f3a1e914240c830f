import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemberFailed } from '../services/shared/lab-errors.ts';
import { UsageError } from '../services/shared/usage-error.ts';
import { type PortClaim, PortRegistry } from './ports/registry.ts';

/** Where every member listens, or is published. */
export const LOOPBACK = '127.0.0.1';

/** Ports of the loopback interface on which nobody listened, and which no other lab takes before you release them. */
export interface Reservation {
  readonly ports: readonly number[];
  /** Gives them back. Safe to call twice. The end of the process gives them back too. */
  release(): void;
}

/** The first and the last of the ports to choose from. */
type Range = readonly [first: number, last: number];

const FIRST = 20_000;
/** What Linux does by default, and what is below the range of other systems. */
const FIRST_EPHEMERAL = 32_768;
/** If the system leaves fewer below its own, the lab chooses among its own too. */
const FEWEST = 2000;
const TRIES = 1000;

/** Two labs that claim a port in the same instant both withdraw. So each tries again, after a pause of its own. */
const CLAIMS = 5;
const PAUSE_MS = 50;

/** Reserves exactly these ports: `count` from `first` on. Throws {@link UsageError} if one is reserved or in use. */
export async function reservePorts(
  count: number,
  first: number,
  registry = new PortRegistry(),
): Promise<Reservation> {
  const ports = rowFrom(first, count);
  const refuse = (why: string) =>
    new UsageError(
      `PORT=${first} needs ports ${first} to ${first + count - 1}, and ${why}, or type: make herd PORT=0`,
    );
  const [inTheWay] = await claimInTurn(ports, registry);
  if (inTheWay)
    throw refuse(`the lab with pid ${inTheWay.owner.pid} has reserved ${inTheWay.port}. Wait until it ends`);
  const reservation = reservationOf(ports, registry);
  const [inUse] = await inUseOf(ports);
  if (inUse === undefined) return reservation;
  reservation.release();
  throw refuse(`${inUse} is in use. Free it`);
}

/** Reserves any `count` ports outside of the system's ephemeral range. */
export async function reserveAny(
  count: number,
  range = choice(),
  registry = new PortRegistry(),
): Promise<Reservation> {
  const parts: Reservation[] = [];
  try {
    while (parts.length < count) parts.push(await reserveRow(1, range, registry));
  } catch (error) {
    together(parts).release();
    throw error;
  }
  return together(parts);
}

/** Reserves any `count` ports in a row, outside of the system's ephemeral range. */
export async function reserveRow(
  count: number,
  [first, last]: Range = choice(),
  registry = new PortRegistry(),
): Promise<Reservation> {
  for (let tried = 0; tried < TRIES; tried++) {
    const row = rowFrom(first + Math.floor(Math.random() * (last - first + 2 - count)), count);
    const reservation = await tryToReserve(row, registry);
    if (reservation) return reservation;
  }
  throw new MemberFailed(`no ${count} free ports in a row were found from ${first} to ${last}`);
}

/** Reserves the preferred port if it is free, else any other. */
export async function reservePreferred(port: number, registry = new PortRegistry()): Promise<Reservation> {
  return (await tryToReserve([port], registry)) ?? reserveRow(1, choice(), registry);
}

/** Makes one reservation of several. */
export const together = (parts: readonly Reservation[]): Reservation => ({
  ports: parts.flatMap(({ ports }) => ports),
  release() {
    for (const part of parts) part.release();
  },
});

/** Finds the first of `count` free ports in a row, for the `PORT` of a lab that you start. It reserves none of them. */
export async function freeRow(count: number): Promise<number> {
  const { ports, release } = await reserveRow(count);
  release();
  return ports[0] as number;
}

/** Gives undefined if one of the ports is reserved or in use. */
async function tryToReserve(
  ports: readonly number[],
  registry: PortRegistry,
): Promise<Reservation | undefined> {
  if (registry.claim(ports).length > 0) return undefined;
  const reservation = reservationOf(ports, registry);
  if ((await inUseOf(ports)).length === 0) return reservation;
  reservation.release();
  return undefined;
}

async function claimInTurn(ports: readonly number[], registry: PortRegistry): Promise<readonly PortClaim[]> {
  let inTheWay = registry.claim(ports);
  for (let claims = 1; claims < CLAIMS && inTheWay.length > 0; claims++) {
    await sleep(Math.random() * PAUSE_MS);
    inTheWay = registry.claim(ports);
  }
  return inTheWay;
}

function reservationOf(ports: readonly number[], registry: PortRegistry): Reservation {
  let isOurs = true;
  return {
    ports,
    release() {
      // By a second call they may be another reservation's of this process.
      if (isOurs) registry.release(ports);
      isOurs = false;
    },
  };
}

const rowFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

/** Gives the ports below the system's ephemeral range. */
function choice(): Range {
  const last = firstEphemeral() - 1;
  return [FIRST, last - FIRST < FEWEST ? FIRST_EPHEMERAL - 1 : last];
}

function firstEphemeral(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  } catch {
    return FIRST_EPHEMERAL;
  }
}

/** Gives those on which somebody listens. */
async function inUseOf(ports: readonly number[]): Promise<readonly number[]> {
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => !free[index]);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: LOOPBACK, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
