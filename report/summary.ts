import { formatDuration } from '../record/duration.ts';
import type { RunRecord } from '../record/result.ts';
import { namesOf, WORDS_FOR } from './foreign/words.ts';
import { wrapped } from './wrapped.ts';

const LABEL = 22;
const NOT_VISIBLE = '--  ';
const MARK = { pass: 'ok  ', fail: 'FAIL', unknown: '??  ' } as const;

/**
 * Tells what a run showed, in lines of at most 80 columns. `ablated`: what the strategy was without, if a guard was
 * taken out.
 */
export function summaryOf(record: RunRecord, ablated?: string): string {
  const { config, origin, requests, latencyMs, wakeMs, wakeAtClientMs, stalenessMs, redis } = record;
  const rows: [string, string][] = [
    [
      'recomputes per expiry',
      `mean ${origin.perExpiry.mean.toFixed(2)}, max ${origin.perExpiry.max}, over ${record.expiries} expiries`,
    ],
    ['origin', `${origin.recomputes} recomputes, at most ${origin.maxConcurrent} at once`],
    [
      'requests',
      `${requests.scheduled} scheduled, ${requests.ok} ok, ${requests.error + requests.timeout} failed, ${requests.unsent} unsent`,
    ],
    [
      'outcomes',
      Object.entries(requests.byOutcome)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
    ],
    ...(config.proxy
      ? [
          ['forwarded', `${requests.forwarded} of ${requests.ok} by ${front(config)}`] satisfies [
            string,
            string,
          ],
        ]
      : []),
    ['latency, all', latency(latencyMs.all)],
    ['latency, at expiry', latency(latencyMs.acrossExpiry)],
    ...(record.behavesLike
      ? ([['wake behind origin', `${wake(wakeAtClientMs)} at the client`]] satisfies [string, string][])
      : ([
          ['wake behind commit', `${wake(wakeMs)} at the replica`],
          ['', `${wake(wakeAtClientMs)} at the client`],
        ] satisfies [string, string][])),
    ['served past the TTL', stalenessMs ? `at most ${ms(stalenessMs.max)}` : 'nothing served'],
    ...invalidationRow(record),
    ...behaviourRows(record),
    [
      'redis',
      redis.commandsPerRequest === null
        ? 'unknown'
        : `${redis.commandsPerRequest.toFixed(2)} commands per request`,
    ],
  ];
  const strategy = config.proxy ? `${record.strategy} behind ${front(config)}` : record.strategy;
  const subject = ablated ? `${strategy} ${ablated}` : strategy;
  const title = `${subject}${record.fault ? ` under ${faultIn(config)}` : ''}: ${config.replicas} replicas, TTL ${formatDuration(config.ttlMs)}, recompute ${formatDuration(config.recomputeMs)}, ${config.ratePerSecond}/s`;
  return [
    ...wrapped('', title),
    ...rows.flatMap(([label, text]) => wrapped(`  ${label.padEnd(LABEL)}`, text)),
    '',
    ...record.checks.flatMap(({ name, verdict, detail }) =>
      wrapped(`  ${MARK[verdict]}  ${name.padEnd(LABEL + 6)}`, detail),
    ),
    ...(record.notVisible ?? []).flatMap(({ name, why }) =>
      wrapped(`  ${NOT_VISIBLE}  ${name.padEnd(LABEL + 6)}`, `not visible: ${why}`),
    ),
    '',
    `verdict: ${record.verdict}`,
  ].join('\n');
}

/** Tells what came after the invalidations; nothing if there were none. */
function invalidationRow({ invalidations }: RunRecord): [string, string][] {
  if (!invalidations) return [];
  const { asked, acknowledged, refilled, olderMs } = invalidations;
  const older = olderMs ? `; older values p50 ${ms(olderMs.p50)}, max ${ms(olderMs.max)} later` : '';
  return [['invalidations', `${asked}, ${acknowledged} acknowledged, ${refilled} refilled${older}`]];
}

/** Tells what a user's own service behaves like, and how its expiries are known. */
function behaviourRows({ behavesLike, attribution }: RunRecord): [string, string][] {
  if (!behavesLike || !attribution) return [];
  return [
    ['behaves like', `${namesOf(behavesLike)}: ${behavesLike.why}`],
    ['expiries known by', WORDS_FOR[attribution]],
  ];
}

/** Names the proxies in front of the replicas, and the replicas' instructions to them beyond the TTL. */
function front({ proxy, proxies, proxyGraceMs, appHeaders }: RunRecord['config']): string {
  const instructions = [
    ...(appHeaders === 'right' ? [] : [`told ${appHeaders}`]),
    ...(proxyGraceMs > 0 ? [`with ${formatDuration(proxyGraceMs)} of grace`] : []),
  ];
  return [`${proxies} ${proxy}`, ...instructions].join(' ');
}

/** Names the fault, and where it struck if that was said. */
const faultIn = ({ fault, at }: RunRecord['config']) => (at ? `${fault} at ${at}` : `${fault}`);

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

const wake = (found: RunRecord['wakeMs']) =>
  found ? `p50 ${ms(found.p50)}, p99 ${ms(found.p99)}, max ${ms(found.max)}` : 'nobody waited';

function latency(found: RunRecord['latencyMs']['all']): string {
  return found
    ? `p50 ${ms(found.p50)}, p99 ${ms(found.p99)}, p99.9 ${ms(found.p999)}, max ${ms(found.max)}`
    : 'none';
}
