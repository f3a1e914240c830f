import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { identityOf, isAlive } from '../../cluster/process-identity.ts';
import { writeWhole } from '../../record/files/own-file.ts';

/** Where the console that runs is described. */
export const CONSOLE = '.lab/console.json';

const description = z.object({
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+\/$/),
  process: z.object({ pid: z.number(), startedAt: z.string().optional(), boot: z.string().optional() }),
});

/** Says that this process serves the console at that address. */
export async function saveConsole(url: string): Promise<void> {
  await mkdir(dirname(CONSOLE), { recursive: true });
  await writeWhole(CONSOLE, `${JSON.stringify({ url, process: identityOf(process.pid) })}\n`);
}

/** Removes the description, unless it is of another console. */
export async function forgetConsole(url: string): Promise<void> {
  if (read()?.url === url) await rm(CONSOLE, { force: true });
}

/** Gives the address of the console that runs here; undefined if none does. */
export function consoleThatRuns(): string | undefined {
  const found = read();
  return found && isAlive(found.process as Parameters<typeof isAlive>[0]) ? found.url : undefined;
}

function read(): z.infer<typeof description> | undefined {
  try {
    return description.parse(JSON.parse(readFileSync(CONSOLE, 'utf8')));
  } catch {
    return undefined;
  }
}
