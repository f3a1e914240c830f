import Fastify, { type FastifyInstance, LogController } from 'fastify';

/** The limits of every HTTP server of the lab: what a client may take of a process, whatever it sends. */
export const HTTP_LIMITS = {
  /** The request line and all headers together. */
  headerBytes: 8192,
  bodyBytes: 65_536,
  /** From the first byte, or from the connection's start, until the headers are complete. */
  headersWithinMs: 10_000,
  /** The same until the body is complete. How long an answer may take is for each route to bound. */
  requestWithinMs: 15_000,
  /** How often the server looks for connections that are late. */
  checkedEveryMs: 1000,
  /** How long a connection may be idle between two requests. Longer than any client of the lab keeps one. */
  keepAliveMs: 72_000,
  /** Of one process. More than the herd opens, and less than a process may have files open. */
  connections: 10_000,
} as const;

export interface HttpServerOptions {
  /** Where it logs: nowhere, to the output, or to a stream. */
  readonly logger: boolean | { readonly stream: { write(line: string): void } };
  /** Which connections a closing server cuts. Default: all. */
  readonly forceCloseConnections?: 'idle' | true;
}

/**
 * Makes a server with these limits. A connection that sends its headers too slowly is answered 408 and cut. There is no bound
 * on the requests per connection: the herd keeps its connections.
 */
export function httpServer({ logger, forceCloseConnections = true }: HttpServerOptions): FastifyInstance {
  const { headerBytes, headersWithinMs, checkedEveryMs } = HTTP_LIMITS;
  const server = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections,
    bodyLimit: HTTP_LIMITS.bodyBytes,
    requestTimeout: HTTP_LIMITS.requestWithinMs,
    keepAliveTimeout: HTTP_LIMITS.keepAliveMs,
    http: {
      maxHeaderSize: headerBytes,
      headersTimeout: headersWithinMs,
      connectionsCheckingInterval: checkedEveryMs,
    },
    // A path that is too long for a key reaches the route, which says so.
    routerOptions: { maxParamLength: headerBytes },
  });
  server.server.maxConnections = HTTP_LIMITS.connections;
  return server;
}
