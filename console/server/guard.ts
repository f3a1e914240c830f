import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The header that carries the token of this start. */
export const TOKEN_HEADER = 'x-dogpile-token';

/** What a page of the console may load: its own files, and nothing from elsewhere. */
export const PAGE_POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  "require-trusted-types-for 'script'",
].join('; ');

/**
 * What the page of a replay may load: nothing. Its script and style lie in it, and its own policy names their digests; both
 * policies hold. It is in a sandbox, so that it is no page of this console, and reaches no token.
 */
export const REPLAY_POLICY = [
  'sandbox allow-scripts',
  "default-src 'none'",
  ...["script-src 'unsafe-inline'", "style-src 'unsafe-inline'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

const HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

export const newToken = (): string => randomBytes(16).toString('hex');

/**
 * Refuses what comes from elsewhere, on every route: a Host that is not this server's address (a name that an attacker points at
 * 127.0.0.1), an Origin that is not its page, and what a browser marks as another site's. Refuses whatever may change something
 * without the token of this start. It travels in a header: a browser sends cookies along with requests of other pages, but no
 * header.
 */
export function guard(server: FastifyInstance, token: string): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    const why = refusalOf(request, token);
    if (why) return reply.code(403).send({ error: why });
  });
}

function refusalOf({ headers, method, socket }: FastifyRequest, token: string): string | undefined {
  const { host = '', origin } = headers;
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  if (!hosts.includes(host))
    return `this console answers at http://127.0.0.1:${socket.localPort} only, not at that host`;
  if (origin !== undefined && origin !== `http://${host}`)
    return 'this console takes nothing from other pages';
  if (!['same-origin', 'none', undefined].includes(headers['sec-fetch-site'] as string | undefined))
    return 'this console takes nothing from other sites';
  if (method === 'GET' || method === 'HEAD') return undefined;
  return isToken(headers[TOKEN_HEADER], token)
    ? undefined
    : 'this page may only look. To start and stop runs, open the address that make console printed';
}

function isToken(given: string | string[] | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(`${given}`), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
