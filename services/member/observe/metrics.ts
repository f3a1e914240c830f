import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CONDITIONS, STORE_COMMANDS } from '../../../assembly/observer.ts';
import { journalMetric } from '../../shared/journal-metric.ts';
import { HeldLeases } from './held-leases.ts';

const OUTCOMES = ['hit', 'early', 'stale', 'waited', 'recomputed', 'error'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Makes a replica's metrics. Every label set starts at 0, so that its first rise shows. */
export function appMetrics(labels: { strategy: string; replica: string }) {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const heldLeases = new HeldLeases(() => performance.now());
  return {
    registry,
    heldLeases,
    ...requestMetrics(registers),
    ...storeMetrics(registers),
    ...recomputeMetrics(registers),
    ...leaseMetrics(registers, heldLeases),
    ...refreshMetrics(registers),
    ...journalMetric(registers),
  };
}

export type AppMetrics = ReturnType<typeof appMetrics>;

/** Makes the metrics of requests: their number, their outcomes, their durations. */
function requestMetrics(registers: Registry[]) {
  const metrics = {
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
    clientsLeft: new Counter({
      name: 'dogpile_clients_left_total',
      help: 'Requests whose client left before the answer. They are no errors, and count as no request answered.',
      registers,
    }),
    degraded: new Counter({
      name: 'dogpile_degraded_answers_total',
      help: 'Answers made without the store.',
      registers,
    }),
    staleness: new Histogram({
      name: 'dogpile_staleness_seconds',
      help: 'How long past its TTL a value was when it was served; 0 for a fresh one.',
      buckets: [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
      registers,
    }),
  };
  for (const outcome of OUTCOMES) {
    metrics.requests.inc({ outcome }, 0);
    metrics.duration.zero({ outcome });
  }
  return metrics;
}

/** Makes the metrics of the store: the commands, and whether it answered. */
function storeMetrics(registers: Registry[]) {
  const metrics = {
    degradedMode: new Gauge({
      name: 'dogpile_degraded_mode',
      help: '1 while the store did not answer the last command, so that the replica serves itself.',
      registers,
    }),
    storeCommands: new Counter({
      name: 'dogpile_store_commands_total',
      help: 'Commands sent to the store; a read shared by several requests is one.',
      labelNames: ['command'] as const,
      registers,
    }),
    storeErrors: new Counter({
      name: 'dogpile_store_errors_total',
      help: 'Commands that the store did not answer.',
      registers,
    }),
    unreadable: new Counter({
      name: 'dogpile_unreadable_entries_total',
      help: 'Looks at the store that found something which is no entry; each counts as a miss.',
      registers,
    }),
    commits: new Counter({
      name: 'dogpile_commits_total',
      help: 'Writes of a value, accepted or refused by the fence (fenced), by the condition they were made under.',
      labelNames: ['outcome', 'condition'] as const,
      registers,
    }),
    version: new Gauge({
      name: 'dogpile_committed_version',
      help: 'The newest version this replica committed.',
      registers,
    }),
  };
  for (const condition of CONDITIONS) {
    for (const outcome of ['accepted', 'fenced']) metrics.commits.inc({ outcome, condition }, 0);
  }
  for (const command of STORE_COMMANDS) metrics.storeCommands.inc({ command }, 0);
  return metrics;
}

/** Makes the metrics of recomputes, from the view of the replica that waits for them. */
function recomputeMetrics(registers: Registry[]) {
  const metrics = {
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
    claimedMost: new Gauge({
      name: 'dogpile_claim_max_recomputes',
      help: "The most recomputes an expiry may see by the strategy's claim; +Inf where that depends on the fleet or the load.",
      registers,
    }),
  };
  for (const ending of ['ok', 'error', 'aborted']) metrics.recomputes.inc({ ending }, 0);
  return metrics;
}

/** Makes the metrics of leases: attempts, holders, waiters and wake-ups. */
function leaseMetrics(registers: Registry[], heldLeases: HeldLeases) {
  const metrics = {
    acquires: new Counter({
      name: 'dogpile_lease_acquires_total',
      help: 'Attempts to take a lease, by what came of them.',
      labelNames: ['kind'] as const,
      registers,
    }),
    leaseErrors: new Counter({
      name: 'dogpile_lease_errors_total',
      help: 'Attempts to take or renew a lease that failed: the lock servers are gone, or the store refuses writes.',
      registers,
    }),
    renewals: new Counter({
      name: 'dogpile_lease_renewals_total',
      help: 'Renewals of a held lease: kept or lost.',
      labelNames: ['result'] as const,
      registers,
    }),
    takeOvers: new Counter({
      name: 'dogpile_lease_take_overs_total',
      help: 'Leases granted to a waiter after the term of their holder had run out.',
      registers,
    }),
    leaseHold: new Gauge({
      name: 'dogpile_lease_hold_seconds',
      help: 'How long this replica has held the lease it holds; 0: it holds none.',
      registers,
      collect() {
        this.set(heldLeases.longestMs() / 1000);
      },
    }),
    leaseTerm: new Gauge({
      name: 'dogpile_lease_term_seconds',
      help: 'How long a lease lasts without renewal.',
      registers,
    }),
    wakeLag: new Histogram({
      name: 'dogpile_wake_lag_seconds',
      help: "From a commit, by the store's clock, to this replica hearing of it.",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
      registers,
    }),
    waiting: new Gauge({
      name: 'dogpile_lease_waits_in_progress',
      help: 'Waits for a value that another replica recomputes.',
      registers,
    }),
    fence: new Gauge({
      name: 'dogpile_newest_fence',
      help: 'The newest fence this replica was granted.',
      registers,
    }),
  };
  for (const kind of ['granted', 'held', 'fresh', 'backing-off']) metrics.acquires.inc({ kind }, 0);
  for (const result of ['kept', 'lost']) metrics.renewals.inc({ result }, 0);
  return metrics;
}

/** Makes the metrics of refreshes outside of the requests. */
const refreshMetrics = (registers: Registry[]) => ({
  ticks: new Counter({
    name: 'dogpile_refresh_ticks_total',
    help: 'Looks of this refresher at what is in demand; a replica has none.',
    registers,
  }),
  demandedKeys: new Gauge({
    name: 'dogpile_demanded_keys',
    help: 'Keys that this refresher found in demand when it last looked.',
    registers,
  }),
});
