import { createHash } from 'node:crypto';
import { type ScriptChange, scriptText } from '../../backends/redis/ioredis/scripts.ts';
import { SCRIPTS, type Script } from '../../backends/redis/port.ts';
import { itemsOf } from './resp/items.ts';

/** A call of one of our scripts. */
export interface ScriptCall {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Buffer[];
}

/** Reads which script a command calls, if it calls one of ours. */
export type ReadCall = (frame: Buffer) => ScriptCall | undefined;

/**
 * Makes a reader of script calls. It knows each script by the SHA-1 of its text, as it is and with each of the lists of
 * changes: only some members of an ablated fleet may have the changes.
 */
export function scriptCalls(changeLists: readonly (readonly ScriptChange[])[] = []): ReadCall {
  const names = new Map(
    [[], ...changeLists].flatMap((changes) =>
      (Object.keys(SCRIPTS) as Script[]).map((name) => [sha1(scriptText(name, changes)), name] as const),
    ),
  );
  return (frame) => {
    const [command, which] = itemsOf(frame, 2) ?? [];
    const sha = shaOf(command, which);
    const script = sha === undefined ? undefined : names.get(sha);
    if (!script) return undefined;
    const [, , count, ...rest] = itemsOf(frame) ?? [];
    const keys = Number(count?.toString('latin1'));
    return { script, keys: rest.slice(0, keys).map((key) => key.toString()), args: rest.slice(keys) };
  };
}

function shaOf(command: Buffer | undefined, which: Buffer | undefined): string | undefined {
  if (!command || !which) return undefined;
  switch (command.toString('latin1').toUpperCase()) {
    case 'EVALSHA':
      return which.toString('latin1').toLowerCase();
    case 'EVAL':
      return sha1(which);
    default:
      return undefined;
  }
}

const sha1 = (text: string | Buffer): string => createHash('sha1').update(text).digest('hex');
