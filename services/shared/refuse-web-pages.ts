import type { FastifyInstance } from 'fastify';

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * Refuses requests that a web page could send: those with an `Origin`, those that a browser marks as another site's, and
 * those for a host that is neither this machine nor the member's name. A browser always names a host.
 */
export function refuseWebPages(server: FastifyInstance, name: string): void {
  const hosts = [...LOOPBACK, name];
  server.addHook('onRequest', async ({ headers, hostname }, reply) => {
    const { origin, 'sec-fetch-site': site = 'none' } = headers;
    if (origin === undefined && site === 'none' && (!headers.host || hosts.includes(hostname))) return;
    return reply.code(403).send({ error: 'this address takes no orders from web pages' });
  });
}
