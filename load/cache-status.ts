import type { ResponseHeaders } from 'autocannon';
import { type Item, ParseError, parseList, Token } from 'structured-headers';

/** How a proxy came by an answer: from its cache, still good or past its time, or by asking further. */
export interface Passed {
  readonly via: string;
  readonly cache: 'hit' | 'stale' | 'fwd';
}

/**
 * Reads what the cache next to the client says of an answer: the last member of `Cache-Status` (RFC 9211), or, from a
 * Squid that does not know that header, `X-Cache`. Undefined where no proxy has a say, or where it cannot be read.
 */
export function passedBy(headers: ResponseHeaders): Passed | undefined {
  const [, answer, squid] = /^(\w+) from (\S+)$/.exec(linesOf(headers, 'x-cache').at(-1) ?? '') ?? [];
  if (squid) return { via: squid, cache: answer === 'HIT' ? 'hit' : 'fwd' };
  const last = membersOf(linesOf(headers, 'cache-status').join(', ')).at(-1);
  if (!last) return undefined;
  const [name, said] = last as Item;
  const via = bareText(name);
  if (!via.startsWith('proxy-')) return undefined;
  if (said.get('hit') !== true) return { via, cache: 'fwd' };
  return { via, cache: bareText(said.get('detail')) === 'stale' ? 'stale' : 'hit' };
}

const linesOf = (headers: ResponseHeaders, name: string): string[] =>
  Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value);

function membersOf(header: string) {
  try {
    return parseList(header);
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}

/** A token or a string, as text. */
const bareText = (bare: unknown): string => (bare instanceof Token ? bare.toString() : String(bare));
