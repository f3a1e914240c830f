import { formatDuration, formatExactDuration } from '../../record/duration.ts';
import { SETTINGS } from '../../record/settings.ts';
import { wrapped } from '../../report/wrapped.ts';
import { longestQueueMs, missesPerRecompute, queueNeverEmpties } from '../../strategies/contract/index.ts';
import { strategyNamed } from '../../strategies/index.ts';
import { expectedRecomputes } from '../../strategies/shared/early-expiration.ts';
import { type Advice, defaults, type Option, type Question } from './advice.ts';

/** A longer TTL is measured by this one: no count depends on it, but for XFetch's lead that it must hold. */
const LONGEST_MEASURED_MS = 60_000;
const LABEL = 9;

/** Advice as one reads it, in lines of at most 80 columns. */
export function adviceText(question: Question, advice: Advice): string {
  const { workload, staleOkMs } = question;
  const { ttlMs, recomputeMs, replicas, ratePerSecond, beta } = workload;
  const { herd, leaseMs, recommended } = advice;
  const leased = takesLease(recommended);
  const measuredMs = measuredTtlMs(question, advice);
  const expiries = SETTINGS.expiries.preset + 1;
  return [
    ...wrapped(
      '',
      `${replicas} replicas, TTL ${formatDuration(ttlMs)}, recompute ${formatDuration(recomputeMs)}, ${ratePerSecond}/s; stale values are fine for ${formatDuration(staleOkMs)}`,
    ),
    '',
    ...unneededLines(advice, question),
    ...wrapped('  herd    ', `${round(herd)} requests while one recompute runs (λδ)`),
    ...wrapped('  fleet   ', `at most ${replicas} recomputes with one flight a replica, 1 with a lease`),
    ...wrapped('  origin  ', originReason(question, advice)),
    ...wrapped(
      '  XFetch  ',
      `${round(expectedRecomputes(beta))} recomputes (e^(1/β)), ${formatDuration(Math.ceil(advice.leadMs))} before the expiry (βδ·ln(λβδ))`,
    ),
    '',
    row(['strategy', 'recomputes', 'stale', 'who waits, how long', 'fits']),
    ...advice.options.map((option) => row(cellsOf(option))),
    '',
    `recommended: ${recommended}`,
    ...lines('why', reason(question, advice)),
    ...(leased
      ? [
          ...lines('LEASE', leaseReason(question, leaseMs)),
          ...lines('GRACE', 'as STALE_OK: nothing staler is served even while the origin fails'),
        ]
      : []),
    ...warnings(question, advice).flatMap((text) => lines('mind', text)),
    '',
    `measure it (about ${formatDuration(Math.ceil((expiries * measuredMs) / 1000) * 1000)}):`,
    ...command(['make herd', ...herdWords(question, advice)]),
    ...(measuredMs < ttlMs
      ? wrapped(
          '  ',
          `TTL=${formatDuration(measuredMs)} stands for ${formatDuration(ttlMs)}: no count above depends on it`,
        )
      : []),
    ...(leased
      ? [
          'and what a dead holder costs:',
          ...command(['make fault-kill-holder', ...herdWords(question, advice)]),
        ]
      : []),
  ].join('\n');
}

/** Says first when the numbers need no cure at all. */
function unneededLines({ unneeded, herd }: Advice, { workload }: Question): string[] {
  if (!unneeded) return [];
  const why =
    unneeded === 'herd'
      ? `hardly two requests come while one recompute runs (λδ = ${round(herd)}), so there is no stampede`
      : `your origin runs ${atOnce(workload)} recomputes at once, and a stampede is about ${round(herd)} (λδ). It costs the origin work and delays nobody`;
  return [...wrapped('', `You may need none of this: ${why}.`), ''];
}

/** Says how long the recomputes of one stampede keep the origin busy. */
function originReason({ workload }: Question, { herd }: Advice): string {
  const { originCapacity, recomputeMs } = workload;
  const runs = `runs ${atOnce(workload)} recomputes at once (ORIGIN_CAPACITY)`;
  if (originCapacity === 0) return runs;
  const busyMs = recomputeMs + longestQueueMs(Math.ceil(herd), workload);
  return `${runs}: a stampede of λδ keeps it busy for ${formatDuration(busyMs)}`;
}

const atOnce = ({ originCapacity }: Question['workload']): string =>
  originCapacity === 0 ? 'any number of' : `${originCapacity}`;

/** The parameters of the run that measures what is recommended. */
export function herdWords(question: Question, advice: Advice): string[] {
  const { recomputeMs, replicas, ratePerSecond, beta, originCapacity } = question.workload;
  const { recommended, leaseMs } = advice;
  return [
    `STRATEGY=${recommended}`,
    `TTL=${formatExactDuration(measuredTtlMs(question, advice))}`,
    `RECOMPUTE=${formatExactDuration(recomputeMs)}`,
    `REPLICAS=${replicas}`,
    `RATE=${ratePerSecond}`,
    ...(takesLease(recommended)
      ? [`LEASE=${formatExactDuration(leaseMs)}`, `GRACE=${formatExactDuration(question.staleOkMs)}`]
      : []),
    ...(beta === SETTINGS.beta.preset ? [] : [`BETA=${beta}`]),
    ...(originCapacity === SETTINGS.originCapacity.preset ? [] : [`ORIGIN_CAPACITY=${originCapacity}`]),
  ];
}

const takesLease = (name: string): boolean => strategyNamed(name)?.claim.fenced === true;

const measuredTtlMs = ({ workload }: Question, { leadMs }: Advice): number =>
  Math.min(workload.ttlMs, Math.max(LONGEST_MEASURED_MS, Math.ceil((2 * leadMs) / 1000) * 1000));

function reason(
  { workload, staleOkMs }: Question,
  { because, leadMs, leaseMs, herd, options }: Advice,
): string {
  const { ttlMs, recomputeMs } = workload;
  const stale = options.find(({ name }) => name === 'stale-while-revalidate');
  const stalest = formatDuration(Math.ceil(stale?.maxStaleMs ?? 0));
  const lead = formatDuration(Math.ceil(leadMs));
  const tooEarly = `XFetch would be ${lead} early, too much of a TTL of ${formatDuration(ttlMs)}`;
  switch (because) {
    case 'no herd':
      return `λδ = ${round(herd)}: hardly two requests meet in one recompute, so there is no herd; single-flight catches those that do`;
    case 'all fits':
      return `one recompute, ${lead} before the expiry, and nobody waits for it; where nobody was early, or a holder died, values are at most ${stalest} past their TTL (1/RATE + RECOMPUTE + LEASE), which STALE_OK allows`;
    case 'stale':
      return `what serves stale may do so for ${stalest} (1/RATE + RECOMPUTE + LEASE), and STALE_OK is ${formatDuration(staleOkMs)}; this one refreshes ${lead} before the expiry, so nothing is stale and nobody waits`;
    case 'TTL':
      return `${tooEarly}; this one refreshes after the expiry, nobody waits, and values are at most ${stalest} past their TTL, which STALE_OK allows`;
    case 'one replica':
      return `one replica needs no lock for one recompute; ${unfit()}, so the herd waits for it, ${formatDuration(recomputeMs)}`;
    case 'nothing else':
      return `${unfit()}, so the herd waits: ${formatDuration(recomputeMs)}, or ${formatDuration(leaseMs + recomputeMs)} if the holder dies`;
  }

  function unfit(): string {
    const late = options.some(({ misfit }) => misfit === 'RATE');
    const early = late ? 'too few requests come for XFetch to be early in time' : tooEarly;
    return `${early}, and what serves stale may do so for ${stalest}, more than STALE_OK`;
  }
}

const leaseReason = ({ workload }: Question, leaseMs: number): string =>
  `${formatDuration(leaseMs)}${leaseMs < workload.leaseMs ? `, not ${formatDuration(workload.leaseMs)}, so that STALE_OK holds` : ''}; renewed every third, it need not outlast the recompute, only a pause of its holder; a dead holder costs it once`;

/** Bounds of a replica's configuration that these numbers come up against. */
function warnings(question: Question, advice: Advice): string[] {
  return [...patienceWarnings(question, advice), ...queueWarnings(question)];
}

/** Says it where a stampede would never be over. */
const queueWarnings = ({ workload }: Question): string[] =>
  queueNeverEmpties(workload)
    ? [
        `under none the origin's queue never empties: λ(δ − TTL) = ${round(missesPerRecompute(workload))} is more than 2·ORIGIN_CAPACITY − 1`,
      ]
    : [];

function patienceWarnings({ workload }: Question, { recommended, leaseMs }: Advice): string[] {
  const { recomputeMs } = workload;
  const { ORIGIN_TIMEOUT_MS, PATIENCE_MS } = defaults;
  if (recomputeMs >= ORIGIN_TIMEOUT_MS)
    return [
      `a replica gives the origin ${formatDuration(ORIGIN_TIMEOUT_MS)} (ORIGIN_TIMEOUT_MS): every recompute fails`,
    ];
  if (takesLease(recommended) && leaseMs + recomputeMs >= PATIENCE_MS)
    return [
      `who waits gives up after ${formatDuration(PATIENCE_MS)} (PATIENCE_MS), before a dead holder's successor is done`,
    ];
  return [];
}

function cellsOf({ name, recomputes, maxStaleMs, who, waitMs, misfit }: Option): string[] {
  const { least, most } = recomputes;
  return [
    name,
    least === most ? round(least) : `${round(least)}–${round(most)}`,
    maxStaleMs === 0 ? 'never' : inSixColumns(maxStaleMs),
    who === 'nobody' ? who : `${who}, ${inSixColumns(waitMs)}`,
    misfit ? `no: ${misfit}` : 'yes',
  ];
}

const inSixColumns = (ms: number): string =>
  ms < 100_000 ? formatDuration(Math.ceil(ms)) : `${Math.ceil(ms / 1000)}s`;

const row = ([name = '', recomputes = '', stale = '', waits = '', fits = '']: string[]): string =>
  [name.padEnd(22), recomputes.padEnd(13), stale.padEnd(6), waits.padEnd(22), fits].join('  ').trimEnd();

const round = (value: number): string => `${Number(value.toFixed(value < 10 ? 2 : 0))}`;

const lines = (label: string, text: string): string[] => wrapped(`  ${label.padEnd(LABEL)}`, text);

/** A command of as many lines as it takes; the shell reads it as one. */
const command = (words: readonly string[]): string[] =>
  // Two columns are kept for what joins the lines.
  wrapped(' '.repeat(6), words.join(' ')).map(
    (line, index, all) => line.slice(index === 0 ? 4 : 2) + (index < all.length - 1 ? ' \\' : ''),
  );
