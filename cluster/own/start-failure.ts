import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { StartFailure } from '../local/process-member.ts';
import type { OwnService } from '../topology.ts';

const TAIL_BYTES = 8192;
const LONGEST = 200;

/** Why a member of the user's own service did not get ready, and what it logged. */
export interface OwnStartFailure extends Pick<StartFailure, 'name' | 'ended' | 'lastly' | 'withinMs'> {
  readonly log: string;
  /** The command that shows all of the log. */
  readonly showLog: string;
}

/** Makes the error for a command or an image of the user's that did not start a service: one line with what its log says. */
export function startFailure(
  { command, image }: Pick<OwnService, 'command' | 'image'>,
  { name, ended, lastly, withinMs, log, showLog }: OwnStartFailure,
): UsageError {
  const what = image === undefined ? `APP='${oneLine(command ?? '')}'` : `IMAGE=${oneLine(image)}`;
  const how =
    ended === undefined
      ? `did not serve within ${withinMs / 1000} s (${lastly ?? 'another process listens at its PORT'})`
      : `ended with ${typeof ended === 'number' ? `status ${ended}` : ended} before it served`;
  return new UsageError(
    `${what} starts no service: ${name} ${how}. ${said(log)}. ` +
      `Allowed: what keeps running and serves KEY_PATH at HOST:PORT. To see its log, type: ${showLog}`,
  );
}

/** Gives what a log says of an error, else its last words. */
export function said(log: string): string {
  const lines = log.split('\n').map(oneLine).filter(Boolean);
  const telling =
    lines.findLast((line) => /\berror\b|exception|cannot|not found/i.test(line)) ?? lines.at(-1);
  return telling ? `Its log says: ${telling.slice(0, LONGEST)}` : 'It logged nothing';
}

/** Gives the end of a file. */
export function tailOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8');
  } finally {
    closeSync(file);
  }
}

/** Without line feeds, and without what would act on a terminal. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
