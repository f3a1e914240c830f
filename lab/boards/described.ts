import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { standingProcess } from '../../cluster/local/standing.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

/** Where the boards that `make boards` keeps running are described. */
export const BOARDS = '.lab/boards.json';

const located = z.object({ url: z.string() });
const anywhere = z.object({
  format: z.literal(1),
  prometheus: located,
  /** Absent if its image could not be had, and without Docker. */
  grafana: located.optional(),
});

const description = z.discriminatedUnion('runtime', [
  anywhere.extend({ runtime: z.literal('local'), process: standingProcess }),
  /** `project`: the label of all its containers. */
  anywhere.extend({ runtime: z.literal('compose'), project: z.string() }),
]);

export type Boards = z.infer<typeof description>;

/** Writes the description as a whole or not at all, and gives it back. */
export async function saveBoards(boards: Boards): Promise<Boards> {
  const draft = `${BOARDS}.${process.pid}`;
  await mkdir(dirname(BOARDS), { recursive: true });
  await writeFile(draft, `${JSON.stringify(boards, null, 2)}\n`);
  await rename(draft, BOARDS);
  return boards;
}

/** Reads the description; undefined when there are no boards. Throws {@link UsageError} when it is damaged. */
export function loadBoards(): Boards | undefined {
  let text: string;
  try {
    text = readFileSync(BOARDS, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return description.parse(JSON.parse(text));
  } catch {
    throw new UsageError(
      `${BOARDS} is damaged. Allowed: what make boards wrote. End the Prometheus and the Grafana that it was for, then type: rm ${BOARDS}`,
    );
  }
}

export const forgetBoards = () => rm(BOARDS, { force: true });
