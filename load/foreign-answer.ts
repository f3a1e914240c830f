import type { ResponseHeaders } from 'autocannon';
import { ANSWERED, type Arrival, NO_VERSION } from '../record/arrival.ts';
import type { VersionAt } from '../record/foreign/asking.ts';
import { isServed } from '../record/foreign/foreign.ts';

/** An answer with status 200 of a user's own service. */
export interface ForeignAnswer {
  readonly body: string;
  readonly headers: ResponseHeaders;
  /** The name of the target that gave it. */
  readonly to: string;
}

/**
 * Reads what the history keeps of an answer: its version, if it has one, and who gave it. That is who was asked: a name in the
 * body may be of whoever made the value. Whatever the answer is, it never throws.
 */
export function readForeignAnswer(
  { body, headers, to }: ForeignAnswer,
  versionAt: VersionAt,
): Pick<Arrival, 'by' | 'served' | 'version' | 'why'> {
  const json = jsonIn(body);
  const version = versionFrom(
    'header' in versionAt ? headerOf(headers, versionAt.header) : at(json, versionAt.steps),
  );
  const served = at(json, ['served']);
  return {
    by: to,
    served: isServed(served) ? served : ANSWERED,
    ...(version === undefined ? { why: NO_VERSION } : { version }),
  };
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Goes into the value step by step; undefined where there is no such place. */
const at = (value: unknown, steps: readonly string[]): unknown =>
  steps.reduce<unknown>(
    (place, step) =>
      typeof place === 'object' && place !== null && Object.hasOwn(place, step)
        ? (place as Record<string, unknown>)[step]
        : undefined,
    value,
  );

function headerOf(headers: ResponseHeaders, name: string): unknown {
  const [found] = Object.entries(headers).filter(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

/** A whole number, or a text of digits, as a header has it and as some write large numbers in JSON. */
function versionFrom(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value.trim()) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}
