import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The origin's metrics, each label set known beforehand at 0 so that its first rise shows. */
export function originMetrics(askers: readonly string[]) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const metrics = {
    registry,
    recomputes: new Counter({
      name: 'dogpile_origin_recomputes_total',
      help: 'Recomputes begun, by the replica that asked.',
      labelNames: ['by'] as const,
      registers,
    }),
    endings: new Counter({
      name: 'dogpile_origin_recompute_endings_total',
      help: 'Recomputes ended: ok, error or aborted.',
      labelNames: ['ending'] as const,
      registers,
    }),
    inFlight: new Gauge({
      name: 'dogpile_origin_recomputes_in_flight',
      help: 'Recomputes running now.',
      registers,
    }),
    queued: new Gauge({
      name: 'dogpile_origin_recomputes_queued',
      help: 'Recomputes waiting for a worker of the origin.',
      registers,
    }),
    duration: new Histogram({
      name: 'dogpile_origin_recompute_duration_seconds',
      help: 'From the question to the answer, the queue included.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
      registers,
    }),
  };
  for (const by of askers) metrics.recomputes.inc({ by }, 0);
  for (const ending of ['ok', 'error', 'aborted']) metrics.endings.inc({ ending }, 0);
  return metrics;
}
