import type { FastifyInstance } from 'fastify';
import { drainable } from '../shared/drain.ts';
import { serve } from '../shared/serve.ts';
import type { AppConfig } from './config.ts';
import type { wire } from './wire.ts';

export interface Lifecycle {
  /** Whether it drains, so that it should get no new work. */
  readonly leaving: boolean;
  /**
   * Starts to listen. A later SIGTERM calls `stop`, then drains within a bound without failing a request. Records the
   * start, the drain and the end.
   */
  serve(stop?: () => void): Promise<void>;
}

/** Makes the lifecycle of a replica or refresher from its wiring and its server, which must not listen yet. */
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
