import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { PortRegistry } from '../../cluster/ports/registry.ts';
import { type Reservation, reserveAny, reservePorts } from '../../cluster/ports.ts';

/**
 * A process that reserves ports in the registry of a folder, by its orders, a line each:
 * `row FIRST COUNT` reserves these ports; it says `got`, or why not. `release` gives them back, and it says `released`.
 * `rounds N FIRST LAST WITNESSES` reserves two of that range again and again. While it has a port, it has a file of that
 * name among the witnesses, which nobody else may have then. It says `done`, or `shared PORT`.
 */
const [, , folder = ''] = process.argv;
const registry = new PortRegistry(folder);
let reservation: Reservation | undefined;

async function rounds(count: number, first: number, last: number, witnesses: string): Promise<string> {
  for (let round = 0; round < count; round++) {
    const { ports, release } = await reserveAny(2, [first, last], registry);
    const files = ports.map((port) => join(witnesses, `${port}`));
    try {
      for (const file of files) writeFileSync(file, '', { flag: 'wx' });
    } catch {
      return `shared ${ports}`;
    }
    await turn();
    for (const file of files) rmSync(file);
    release();
  }
  return 'done';
}

async function row(first: number, count: number): Promise<string> {
  try {
    reservation = await reservePorts(count, first, registry);
    return 'got';
  } catch (error) {
    return (error as Error).message;
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  const [order, one = '', two = '', three = '', four = ''] = line.split(' ');
  if (order === 'row') console.log(await row(Number(one), Number(two)));
  if (order === 'rounds') console.log(await rounds(Number(one), Number(two), Number(three), four));
  if (order === 'release') {
    reservation?.release();
    console.log('released');
  }
});
await once(lines, 'close');
