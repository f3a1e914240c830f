import type { FastifyInstance } from 'fastify';
import { drainable } from '../shared/drain.ts';
import { serve } from '../shared/serve.ts';
import type { AppConfig } from './config.ts';
import type { wire } from './wire.ts';

export interface Lifecycle {
  /** Whether it is on its way out: it is not to be given new work. */
  readonly leaving: boolean;
  /**
   * Listens, and ends as a deployment wants it: SIGTERM has `stop` called, then what is under way finished, with a bound,
   * and no request failed. Its start and both ends are recorded.
   */
  serve(stop?: () => void): Promise<void>;
}

/** A replica or a refresher by its server, which is not listening yet, and what it is wired with. */
export function lifecycle(
  server: FastifyInstance,
  { HOST: host, PORT: port, DRAIN_MS: withinMs }: Pick<AppConfig, 'HOST' | 'PORT' | 'DRAIN_MS'>,
  { emit, inFlight, close }: Pick<ReturnType<typeof wire>, 'emit' | 'inFlight' | 'close'>,
): Lifecycle {
  const { pid } = process;
  const drain = drainable(server);
  let drained = false;
  return {
    get leaving() {
      return drain.begun;
    },
    async serve(stop = () => {}) {
      await serve(
        server,
        { host, port },
        {
          async drain() {
            emit({ event: 'draining', pid });
            stop();
            drained = await drain.drain({ withinMs, settled: () => inFlight.settled() });
          },
          afterwards() {
            emit({ event: 'stopped', pid, drained });
            close();
          },
        },
      );
      emit({ event: 'started', pid });
    },
  };
}
