import { createServer } from 'node:net';
import getPort from 'get-port';
import { UsageError } from '../services/shared/usage-error.ts';

/** Where every member listens, or is published. */
export const LOOPBACK = '127.0.0.1';

/** So many ports of the loopback interface: from `first` on, or any that are free where it is 0. */
export async function reservePorts(count: number, first: number): Promise<number[]> {
  const ports = Array.from({ length: count }, (_, index) => first + index);
  if (first === 0) return freePorts(count);
  for (const port of ports) {
    if (await isFree(port)) continue;
    throw new UsageError(
      `PORT=${first} needs ports ${first} to ${first + count - 1}, and ${port} is in use. Free it, or type: make herd PORT=0`,
    );
  }
  return ports;
}

export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await getPort({ host: LOOPBACK, exclude: ports }));
  return [...ports];
}

/** The preferred one if it is free, else any that is. */
export const freePort = (preferred: number): Promise<number> => getPort({ host: LOOPBACK, port: preferred });

/** The first of so many free ports in a row, below those that the system hands out by itself. */
export async function freeRow(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await reservePorts(count, first).catch(() => []);
    if (free.length > 0) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: LOOPBACK, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
