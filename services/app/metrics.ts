import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export const OUTCOMES = ['hit', 'early', 'stale', 'waited', 'recomputed', 'error'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A replica's metrics. Every label set starts at 0, so that its first rise shows. */
export function appMetrics(labels: { strategy: string; replica: string }) {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const metrics = {
    registry,
    requests: new Counter({
      name: 'dogpile_requests_total',
      help: 'Requests answered, by how the answer came about.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    duration: new Histogram({
      name: 'dogpile_request_duration_seconds',
      help: 'From the request to its answer, by how the answer came about.',
      labelNames: ['outcome'] as const,
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5],
      registers,
    }),
    degraded: new Counter({
      name: 'dogpile_degraded_answers_total',
      help: 'Answers made without the store.',
      registers,
    }),
    storeErrors: new Counter({
      name: 'dogpile_store_errors_total',
      help: 'Commands that the store did not answer.',
      registers,
    }),
    recomputes: new Counter({
      name: 'dogpile_recomputes_total',
      help: 'Recomputes asked for, by how they ended: ok, error or aborted.',
      labelNames: ['ending'] as const,
      registers,
    }),
    recomputesInFlight: new Gauge({
      name: 'dogpile_recomputes_in_flight',
      help: 'Recomputes this replica waits for now.',
      registers,
    }),
    acquires: new Counter({
      name: 'dogpile_lease_acquires_total',
      help: 'Attempts to take a lease, by what came of them.',
      labelNames: ['kind'] as const,
      registers,
    }),
    renewals: new Counter({
      name: 'dogpile_lease_renewals_total',
      help: 'Renewals of a held lease: kept or lost.',
      labelNames: ['result'] as const,
      registers,
    }),
    waiting: new Gauge({
      name: 'dogpile_lease_waits_in_progress',
      help: 'Waits for a value that another replica recomputes.',
      registers,
    }),
    commits: new Counter({
      name: 'dogpile_commits_total',
      help: 'Writes of a value: accepted, or refused by the fence.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    fence: new Gauge({
      name: 'dogpile_newest_fence',
      help: 'The newest fence this replica was granted.',
      registers,
    }),
    version: new Gauge({
      name: 'dogpile_committed_version',
      help: 'The newest version this replica committed.',
      registers,
    }),
  };
  for (const outcome of OUTCOMES) {
    metrics.requests.inc({ outcome }, 0);
    metrics.duration.zero({ outcome });
  }
  for (const ending of ['ok', 'error', 'aborted']) metrics.recomputes.inc({ ending }, 0);
  for (const kind of ['granted', 'held', 'fresh', 'backing-off']) metrics.acquires.inc({ kind }, 0);
  for (const result of ['kept', 'lost']) metrics.renewals.inc({ result }, 0);
  for (const outcome of ['accepted', 'fenced']) metrics.commits.inc({ outcome }, 0);
  return metrics;
}

export type AppMetrics = ReturnType<typeof appMetrics>;
