import type { FastifyInstance } from 'fastify';

/** What happens around the end of a server. */
export interface Shutdown {
  /** SIGTERM waits for it before it closes the server. SIGINT does not. */
  readonly drain?: () => Promise<void>;
  readonly afterwards?: () => void;
}

/**
 * Starts to listen, and ends the process at a signal. SIGTERM drains, then closes; SIGINT closes at once, even in the
 * middle of a drain. Closing answers the requests in flight, then calls `afterwards`. A port that is taken ends the
 * process with one line.
 */
export async function serve(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
  { drain = async () => {}, afterwards = () => {} }: Shutdown = {},
): Promise<void> {
  async function end() {
    await server.close();
    afterwards();
    process.exit(0);
  }
  process.once('SIGTERM', async (signal) => {
    server.log.info({ signal }, 'closing');
    await drain();
    await end();
  });
  process.once('SIGINT', async (signal) => {
    server.log.info({ signal }, 'closing');
    await end();
  });
  try {
    await server.listen({ host, port });
  } catch (error) {
    server.log.fatal({ host, port, code: (error as NodeJS.ErrnoException).code }, 'cannot listen');
    process.exit(1);
  }
}
