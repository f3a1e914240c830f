import type { Prometheus } from '../../../prometheus/server.ts';
import type { Settings } from '../../../record/settings.ts';
import { NotInTime, until } from '../../../services/shared/until.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { type Alert, alertsOf, countsOf, nameOf } from './alerts.ts';
import { type Stage, setStage } from './stage.ts';
import { type Say, stepsFrom } from './steps.ts';

export interface Rehearsing {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** Whether the trainee repairs the cluster. */
  readonly byHand: boolean;
  readonly patience?: Patience;
}

interface Patience {
  readonly firesWithinMs: number;
  readonly goesWithinMs: number;
}

/** An alert waits up to 15 s before it fires, and some look back for a minute. The rest is for a busy machine. */
const PATIENCE: Patience = { firesWithinMs: 60_000, goesWithinMs: 120_000 };
const BY_HAND_WITHIN_MS = 30 * 60_000;
const READY_WITHIN_MS = 60_000;
/** Prometheus needs a few scrapes of each member: a rate over one is none. */
const READY_FOR_MS = 3000;
const LOOK_EVERY_MS = 500;
const SAY_EVERY_MS = 10_000;
/** An alert is gone if it stays away for so long: a gap between two holders or scrapes is shorter. */
const GONE_FOR_MS = 5000;

/**
 * Rehearses one alert on a cluster of its own: the alert is silent, something breaks, the alert fires, somebody applies the
 * remedy, the alert goes. Ends everything, whatever happens. Tells whether the alert fired and went.
 */
export async function rehearse(rehearsal: Rehearsal, rehearsing: Rehearsing): Promise<boolean> {
  const say = stepsFrom(performance.now());
  const failure = new AbortController();
  const signal = AbortSignal.any([rehearsing.signal, failure.signal]);
  const { settings } = rehearsing;
  const stage = await setStage({
    settings,
    signal,
    say,
    onHerd: ({ died }) => void died.then((error) => failure.abort(error)),
  });
  let passed = false;
  try {
    for (const line of addressesOf(stage, settings)) say(line);
    await play(rehearsal, stage, { ...rehearsing, signal, say });
    passed = true;
  } catch (error) {
    if (!(error instanceof NotInTime)) throw error;
    say(`failed: ${error.message}. The logs: ${stage.cluster.files.logs}`);
  } finally {
    await stage.end(passed || rehearsing.signal.aborted);
  }
  if (passed) say(`passed: ${rehearsal.alert} fired, and went`);
  return passed;
}

async function play(
  { alert, keys = 1, breaks, remedy, hit, heal }: Rehearsal,
  { prometheus, targets, describe, startHerd }: Stage,
  { signal, byHand, patience = PATIENCE, say }: Rehearsing & { readonly say: Say },
): Promise<void> {
  const watch = { alert, prometheus, signal, say };
  const untilReady = () => untilSilent(watch, { targets, forMs: READY_FOR_MS, withinMs: READY_WITHIN_MS });
  // If the load is what breaks it, the alert is silent only before.
  if (!hit) await untilReady();
  const scene = startHerd(keys);
  if (hit) await untilReady();
  say(`silent: ${alert} does not fire`);
  await hit?.(scene);
  say(`broken: ${breaks}`);
  const fired = await untilFiring(watch, patience.firesWithinMs);
  say(`firing: ${fired.annotations.summary}`);
  say(`alerts that fire now: ${countsOf(await alertsOf(prometheus))}`);
  say(`look and act: docs/runbook.md#${alert.toLowerCase()}`);
  if (byHand) say(`your turn: repair it. The rehearsal ends once ${alert} is gone, or after 30 min`);
  else {
    say(`remedy: ${remedy}`);
    await heal?.(scene);
    await describe();
    say(heal ? 'healed' : 'waiting');
  }
  const withinMs = byHand ? BY_HAND_WITHIN_MS : patience.goesWithinMs;
  await untilSilent(watch, { targets, forMs: GONE_FOR_MS, withinMs });
  say(`gone: ${alert} does not fire any more`);
}

interface Watch {
  readonly alert: string;
  readonly prometheus: Prometheus;
  readonly signal: AbortSignal;
  readonly say: Say;
}

/** Waits until the alert fires, and gives it. */
async function untilFiring(watch: Watch, withinMs: number): Promise<Alert> {
  const { alert, prometheus, signal } = watch;
  const goOn = saysNowAndThen(watch);
  const look = async () => {
    const mine = (await alertsOf(prometheus)).filter((one) => nameOf(one) === alert);
    goOn(`waiting: ${alert} is ${mine.length > 0 ? 'pending' : 'silent'}`);
    return mine.find(({ state }) => state === 'firing');
  };
  return until(`the firing of ${alert}`, look, { withinMs, everyMs: LOOK_EVERY_MS, signal });
}

interface Silence {
  readonly targets: number;
  /** How long the alert must stay away. */
  readonly forMs: number;
  readonly withinMs: number;
}

/** Waits until every member is scraped, and the alert has been silent for a while. */
async function untilSilent(watch: Watch, { targets, forMs, withinMs }: Silence): Promise<void> {
  const { alert, prometheus, signal } = watch;
  const goOn = saysNowAndThen(watch);
  let silentSince: number | undefined;
  const look = async () => {
    const [up] = await prometheus.at('count(up == 1)', Date.now() / 1000);
    const members = up?.points[0]?.[1] ?? 0;
    const firing = (await alertsOf(prometheus)).filter(
      (one) => nameOf(one) === alert && one.state === 'firing',
    );
    goOn(`waiting: ${firing.length} alerts ${alert} fire, ${members} of ${targets} members answer`);
    if (firing.length > 0 || members < targets) silentSince = undefined;
    else silentSince ??= performance.now();
    return silentSince !== undefined && performance.now() - silentSince >= forMs;
  };
  await until(`the silence of ${alert}`, look, { withinMs, everyMs: LOOK_EVERY_MS, signal });
}

/** Gives what says something at most every 10 s, and for the first time after 10 s. */
function saysNowAndThen({ say }: Watch): Say {
  let saidAt = performance.now();
  return (text) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    say(text);
  };
}

/** Where to look, and what the runbook's commands act on. */
const addressesOf = ({ cluster, prometheus }: Stage, { strategy, ratePerSecond }: Settings): string[] => [
  `${cluster.replicas.length} replicas under ${strategy}, ${ratePerSecond} requests per second`,
  `alerts: ${prometheus.url}/alerts`,
  `a replica: ${cluster.replicas[0]?.url}/keys/hot`,
  "make status, make heal and the runbook's shell functions act on it",
];
