import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * Gives a hook that refuses requests that a web page could send: those with an `Origin`, those that a browser marks as
 * another site's, and those for a host that is neither this machine nor one of the member's names. A browser always
 * names a host.
 */
export function webPagesRefusal(names: readonly string[]): onRequestAsyncHookHandler {
  const hosts = [...LOOPBACK, ...names];
  return async ({ headers, hostname }, reply) => {
    const { origin, 'sec-fetch-site': site = 'none' } = headers;
    if (origin === undefined && site === 'none' && (!headers.host || hosts.includes(hostname))) return;
    return reply.code(403).send({ error: 'this address takes no orders from web pages' });
  };
}

/** Refuses on every route of the server what {@link webPagesRefusal} refuses. */
export function refuseWebPages(server: FastifyInstance, ...names: readonly string[]): void {
  server.addHook('onRequest', webPagesRefusal(names));
}
