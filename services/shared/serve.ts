import type { FastifyInstance } from 'fastify';

/**
 * Listens, and closes gracefully on SIGTERM and SIGINT: requests under way are answered, then `afterwards` runs.
 * A port that is taken ends the process with one line.
 */
export async function serve(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
  afterwards: () => void = () => {},
): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      server.log.info({ signal }, 'closing');
      await server.close();
      afterwards();
      process.exit(0);
    });
  }
  try {
    await server.listen({ host, port });
  } catch (error) {
    server.log.fatal({ host, port, code: (error as NodeJS.ErrnoException).code }, 'cannot listen');
    process.exit(1);
  }
}
