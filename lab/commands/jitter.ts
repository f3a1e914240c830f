import { join } from 'node:path';
import type { Finding } from '../../faults/support/finding.ts';
import { BAR_MS, expectedPeak, judgeBatch, peakOf, perBar } from '../../judge/batch.ts';
import { verdictOf } from '../../judge/verdict.ts';
import { formatDuration } from '../../record/duration.ts';
import { createFolder } from '../../record/files/run-folder.ts';
import type { Verdict } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { expireBatch } from '../run/batch-expiry.ts';
import { runExperiment } from '../run/experiment.ts';
import { RESULTS } from '../run/results.ts';
import { timestamp } from '../run/timestamp.ts';
import type { Command } from './command.ts';

const DEFAULT_JITTER = 0.1;
const LEAST_KEYS = 2;
const BAR = 40;
/** Enough expiries of one key to see that nothing has changed. */
const EXPIRIES = 5;
/** What is asked of the run of one hot key: how often it was recomputed, and whether the load allows to say so. */
const ASKED = ['evidence intact', 'recomputes per expiry', 'injector health', 'expiries crossed under load'];
const MARK: Record<Verdict, string> = { pass: 'ok  ', fail: 'FAIL', unknown: '??  ' };

/** Both halves of what TTL jitter is: a cure for keys that are due together, and none for one hot key. */
export const jitter: Command = async (invocation, signal) => {
  const values = valuesOf(invocation);
  if (values.KEYS < LEAST_KEYS)
    throw new UsageError(
      `KEYS=${values.KEYS} is no batch. Allowed: ${LEAST_KEYS} or more. Type: make jitter KEYS=${LEAST_KEYS}`,
    );
  const share = values.TTL_JITTER || DEFAULT_JITTER;
  // Both are checked before the first is started.
  const batch = [0, share].map((TTL_JITTER) => settingsFrom({ ...values, TTL_JITTER }));
  const hotKey = settingsFrom({ ...values, STRATEGY: 'none', TTL_JITTER: share, EXPIRIES });
  const findings = [await batchHalf(batch, values.KEYS, signal), ...(await hotKeyHalf(hotKey, signal))];
  const verdict = verdictOf(findings);
  console.log(`\nverdict: ${verdict}`);
  return EXIT_STATUS[verdict];
};

/** Keys filled together, without jitter and with it. */
async function batchHalf(batch: readonly Settings[], keys: number, signal: AbortSignal): Promise<Finding> {
  const times: number[][] = [];
  for (const settings of batch) {
    const { ttlJitter, strategy, ttlMs } = settings;
    const name = `${timestamp(new Date())}-jitter-${ttlJitter}`;
    const folder = join(RESULTS, await createFolder(RESULTS, name));
    console.log(
      `${keys} keys filled together: ${strategy}, TTL ${formatDuration(ttlMs)}, TTL_JITTER=${ttlJitter}`,
    );
    const again = await expireBatch({ settings, keys, folder, signal });
    print(again);
    console.log(`  peak ${peakOf(again)}; expected about ${expectedPeak(settings, keys).toFixed(0)}\n`);
    times.push(again);
  }
  const [without = [], withJitter = []] = times;
  const finding = judgeBatch(batch.at(-1) as Settings, keys, without, withJitter);
  console.log(`  ${MARK[finding.verdict]} the batch is spread: ${finding.detail}`);
  return finding;
}

function print(timesMs: readonly number[]): void {
  const { fromMs, counts } = perBar(timesMs);
  const scale = BAR / Math.max(BAR, ...counts);
  console.log(`  recomputes begun per ${BAR_MS} ms, by the time since the fill`);
  for (const [bin, count] of counts.entries()) {
    const since = `${((fromMs + bin * BAR_MS) / 1000).toFixed(1)} s`.padStart(8);
    console.log(`  ${since}  ${'#'.repeat(Math.ceil(count * scale)).padEnd(BAR)} ${count}`);
  }
}

/** One hot key under plain cache-aside, with jitter: judged as any run, by the claim of `none`. */
async function hotKeyHalf(settings: Settings, signal: AbortSignal): Promise<Finding[]> {
  const { record } = await runExperiment({ settings, results: RESULTS, signal });
  const herd = (settings.ratePerSecond * settings.recomputeMs) / 1000;
  console.log(`\none hot key: none, TTL_JITTER=${settings.ttlJitter}, ${settings.expiries} expiries`);
  const findings = record.checks.filter(({ name }) => ASKED.includes(name));
  for (const { name, verdict, detail } of findings) console.log(`  ${MARK[verdict]} ${name}: ${detail}`);
  console.log(`  jitter does nothing for it: λδ = ${herd} with it as without`);
  return findings;
}
