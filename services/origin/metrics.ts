import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { journalMetric } from '../shared/journal-metric.ts';
import { HighWater } from './high-water.ts';

/** Makes the origin's metrics. Every label set that is known beforehand starts at 0, so that its first rise shows. */
export function originMetrics(askers: readonly string[]) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const running = new HighWater(() => performance.now());
  return {
    registry,
    /** How many recomputes run now. */
    running,
    ...recomputeMetrics(registers, askers),
    ...loadMetrics(registers, running),
    ...expiryMetrics(registers),
    ...journalMetric(registers),
    marks: new Gauge({
      name: 'dogpile_lab_mark_timestamp_seconds',
      help: 'When the lab last did something worth a mark on a chart: a run began, a fault came or went.',
      labelNames: ['kind', 'name'] as const,
      registers,
    }),
  };
}

/** Makes the metrics of recomputes: who asked, how they ended, how long they took. */
function recomputeMetrics(registers: Registry[], askers: readonly string[]) {
  const metrics = {
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

/** Makes the metrics of the origin's load: the recomputes that run or queue, and its capacity. */
const loadMetrics = (registers: Registry[], running: HighWater) => ({
  inFlight: new Gauge({
    name: 'dogpile_origin_recomputes_in_flight',
    help: 'Recomputes running now.',
    registers,
    collect() {
      this.set(running.level);
    },
  }),
  mostInFlight: new Gauge({
    name: 'dogpile_origin_recomputes_in_flight_max',
    help: 'Most recomputes that ran at once in the last second or two.',
    registers,
    collect() {
      this.set(running.highest);
    },
  }),
  queued: new Gauge({
    name: 'dogpile_origin_recomputes_queued',
    help: 'Recomputes waiting for a worker of the origin.',
    registers,
  }),
  capacity: new Gauge({
    name: 'dogpile_origin_capacity',
    help: 'Recomputes the origin runs at once; 0: no limit.',
    registers,
  }),
});

/** Makes the metrics of expiries. */
const expiryMetrics = (registers: Registry[]) => ({
  expiries: new Counter({
    name: 'dogpile_origin_expiries_total',
    help: 'Expiries that somebody asked a recompute for, the first fill of a key included.',
    registers,
  }),
  expiryRecomputes: new Gauge({
    name: 'dogpile_origin_expiry_recomputes',
    help: 'Recomputes so far of the expiry that was asked for last.',
    registers,
  }),
  lastExpiry: new Gauge({
    name: 'dogpile_origin_last_expiry_timestamp_seconds',
    help: "The store's clock when the last expiry was first seen.",
    registers,
  }),
});
