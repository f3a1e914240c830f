import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isAlive, type ProcessIdentity } from '../process-identity.ts';

/** Where the origin of `make origin` is described. */
export const OPEN_ORIGIN = '.lab/origin.json';

const description = z.object({
  /** The lab that keeps it. */
  owner: z.object({ pid: z.int().positive(), startedAt: z.string().optional(), boot: z.string().optional() }),
  token: z.string(),
  origin: z.url(),
  redis: z.url(),
  /** The members that may ask it, in the order of NAMES. */
  names: z.array(z.string()).min(1),
});

/** An origin and a Redis for services that the lab does not start. */
export type OpenOrigin = z.infer<typeof description>;

/** Reads the description; undefined if there is none, or if its `make origin` is dead. */
export function findOpenOrigin(path = OPEN_ORIGIN): OpenOrigin | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const { data } = description.safeParse(JSON.parse(text));
  return data && isAlive(data.owner as ProcessIdentity) ? data : undefined;
}

/** Writes the description as a whole or not at all. */
export async function describeOpenOrigin(open: OpenOrigin, path = OPEN_ORIGIN): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, `${JSON.stringify(open, null, 2)}\n`);
  await rename(draft, path);
}

export const forgetOpenOrigin = (path = OPEN_ORIGIN): Promise<void> => rm(path, { force: true });
