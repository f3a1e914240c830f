import type { ResponseHeaders } from 'autocannon';

/** How a proxy came by an answer: from its cache, still good or past its time, or by asking further. */
export interface Passed {
  readonly via: string;
  readonly cache: 'hit' | 'stale' | 'fwd';
}

/**
 * What the cache next to the client says of an answer: the last member of `Cache-Status` (RFC 9211), or, from a Squid that
 * does not know that header, `X-Cache`. Undefined where no proxy has a say.
 */
export function passedBy(headers: ResponseHeaders): Passed | undefined {
  const of = (name: string) =>
    Object.entries(headers)
      .filter(([key]) => key.toLowerCase() === name)
      .flatMap(([, value]) => value);
  const [, answer, squid] = /^(\w+) from (\S+)$/.exec(of('x-cache').at(-1) ?? '') ?? [];
  if (squid) return { via: squid, cache: answer === 'HIT' ? 'hit' : 'fwd' };
  const [via = '', ...said] = (of('cache-status').join(',').split(',').at(-1) ?? '')
    .split(';')
    .map((part) => part.trim());
  if (!via.startsWith('proxy-')) return undefined;
  if (!said.includes('hit')) return { via, cache: 'fwd' };
  return { via, cache: said.includes('detail=stale') ? 'stale' : 'hit' };
}
