import { closeSync, fstatSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { openToRead } from './own-file.ts';

const MOST_BYTES = 1 << 20;

/** Reads a small text; undefined if it is missing, no regular file, or too large. */
export function readText(path: string, mostBytes = MOST_BYTES): string | undefined {
  let file: number | undefined;
  try {
    file = openToRead(path);
    return fstatSync(file).size > mostBytes ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Reads JSON of this shape. What has another shape is refused: `refuse` learns why, and the value is undefined. */
export function checkJson<S extends z.ZodType>(
  schema: S,
  text: string,
  refuse: (why: string) => unknown,
): z.infer<S> | undefined {
  const json = parseJson(text);
  if (json === undefined) {
    refuse('it is not JSON');
    return undefined;
  }
  const { data, error } = schema.safeParse(json);
  const [issue] = error?.issues ?? [];
  if (issue) refuse(`${issue.path.join('.')}: ${issue.message}`);
  return data;
}

/** Parses JSON; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
