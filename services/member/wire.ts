import { assemble } from '../../assembly/assemble.ts';
import { lruCopies } from '../../assembly/lru-copies.ts';
import { operationNumbers } from '../../assembly/observed.ts';
import type { Observer } from '../../assembly/observer.ts';
import { announce, httpOrigin } from '../../backends/http-origin.ts';
import { redisCache } from '../../backends/redis/cache.ts';
import { redisDemand } from '../../backends/redis/demand.ts';
import { mutantNamed } from '../../mutants/index.ts';
import type { Mutant, Whole } from '../../mutants/mutant.ts';
import type { Definition, Options } from '../../strategies/contract/index.ts';
import { strategyNamed } from '../../strategies/index.ts';
import { systemClock } from '../shared/clock.ts';
import { UnknownName } from '../shared/lab-errors.ts';
import { seededRandom, seedFor } from '../shared/random.ts';
import { watchStalls } from '../shared/stalls.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import type { AppConfig } from './config.ts';
import { type Connections, openConnections } from './connections.ts';
import { InFlight } from './in-flight.ts';
import { claimedMost } from './observe/claim-bound.ts';
import { countingObserver } from './observe/counting.ts';
import { type Emit, eventJournal } from './observe/journal.ts';
import { type AppMetrics, appMetrics } from './observe/metrics.ts';
import { recordingObserver } from './observe/recording.ts';
import { unreadableEntries } from './observe/unreadable.ts';

/**
 * Connects, counts and records everything that a process needs for its part of a strategy. An ablation takes its guard out
 * only of the `part` that has it.
 */
export function wire(config: AppConfig, part: 'replica' | 'refresher') {
  const { NAME: name } = config;
  const definition = definitionOf(config);
  const metrics = appMetrics({ strategy: config.STRATEGY, replica: name });
  const journal = eventJournal(config.EVENTS, name, (code) => {
    metrics.journalBroken.set(1);
    console.error(`the journal takes no more lines: ${code}`);
  });
  const { emit } = journal;
  const endWatch = watchStalls(({ forMs }) => emit({ event: 'stalled', forMs }));
  const times = timesFrom(config);
  const ablation = ablationOf(config, part);
  const connections = openConnections(config, ablation, { metrics, emit });
  const { redis, wakeups, leasing } = connections;
  const random = seededRandom(seedFor(config.SEED, name));
  const { cache, lease, options, ...ablated } = wholeFrom(config, definition, connections, {
    ablation,
    random,
    onUnreadable: unreadableEntries(metrics, systemClock.now, console.error),
  });

  const asker = askerFrom(config);
  const inFlight = new InFlight();
  const assembled = assemble<unknown>(
    ablated.definition,
    {
      cache,
      lease,
      changes: wakeups,
      copies: lruCopies(config.COPIES_BYTES),
      demand: redisDemand(redis),
      origin: httpOrigin(asker),
      clock: systemClock,
      random,
      options,
    },
    {
      observer: observerOf(metrics, emit),
      // A restarted process goes on with its journal, so it must not use the numbers of the one before: no process begins a
      // thousand operations per ms.
      nextOp: operationNumbers(Math.floor(wallTimeMs()) * 1000),
      track: inFlight.track,
      withEndingCommits: leasing.withEndingCommits,
    },
  );
  metrics.claimedMost.set(claimedMost(definition.claim, { ...times, ...options, leaseMs: config.LEASE_MS }));
  void announce(asker);
  const close = () => {
    endWatch();
    connections.close();
  };
  return { ...assembled, metrics, journal, emit, times, inFlight, connected: connections.connected, close };
}

/** Makes what the strategy is built from, without the guard that an ablation takes out. */
function wholeFrom(
  config: AppConfig,
  definition: Definition,
  { redis, writes, storeClock, leasing }: Connections,
  {
    ablation,
    random,
    onUnreadable,
  }: {
    readonly ablation: Mutant | undefined;
    readonly random: () => number;
    readonly onUnreadable: (key: string) => void;
  },
): Whole<unknown> {
  const times = timesFrom(config);
  const jitter = {
    share: config.TTL_JITTER,
    random: seededRandom(seedFor(config.SEED, `TTLs of ${config.NAME}`)),
  };
  const whole: Whole<unknown> = {
    definition,
    cache: redisCache(redis, { ...times, jitter, writes, storeClock, onUnreadable }),
    lease: leasing.lease,
    options: optionsFrom(config),
  };
  return ablation?.takeOut?.(whole, { redis, clock: systemClock, random, times }) ?? whole;
}

/** Makes the observer that counts and records what the layers see. */
function observerOf(metrics: AppMetrics, emit: Emit): Observer {
  const [count, record] = [countingObserver(metrics), recordingObserver(emit)];
  return (observation) => {
    count(observation);
    record(observation);
  };
}

function definitionOf({ STRATEGY }: AppConfig): Definition {
  const definition = strategyNamed(STRATEGY);
  if (!definition) throw new UnknownName(`no strategy named ${STRATEGY}`);
  return definition;
}

const timesFrom = ({ TTL_MS, GRACE_MS }: AppConfig) => ({ ttlMs: TTL_MS, graceMs: GRACE_MS });

const askerFrom = (config: AppConfig) => ({
  url: config.ORIGIN_URL,
  by: config.NAME,
  timeoutMs: config.ORIGIN_TIMEOUT_MS,
  transport: fetch,
  clock: systemClock,
});

function ablationOf({ ABLATE }: AppConfig, part: 'replica' | 'refresher') {
  const ablation = mutantNamed(ABLATE);
  return ablation && (ablation.part ?? 'replica') === part ? ablation : undefined;
}

const optionsFrom = (config: AppConfig): Options => ({
  beta: config.BETA,
  singleFlight: config.SINGLE_FLIGHT,
  backoffMs: config.BACKOFF_MS,
  maxFailures: config.MAX_FAILURES,
  maxRounds: config.MAX_ROUNDS,
  patienceMs: config.PATIENCE_MS,
  recomputeCap: config.RECOMPUTE_CAP,
  storeRetryMs: config.STORE_RETRY_MS,
  refreshIntervalMs: config.REFRESH_INTERVAL_MS,
});
