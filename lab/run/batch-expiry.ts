import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { findEngine } from '../../cluster/compose/engine.ts';
import { startCluster } from '../../cluster/start.ts';
import { secondRecomputeDelaysMs } from '../../judge/batch.ts';
import { forkHerd } from '../../load/herd-process.ts';
import type { Settings } from '../../record/settings.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { until } from '../../services/shared/until.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { Journals } from './recording/journals.ts';
import { warmUp } from './warm-up.ts';

const POLL_MS = 50;
/** How long after the last of the batch is due its recompute may begin: a request for it, and a busy machine. */
const SLACK_MS = 2000;

export interface Batch {
  readonly settings: Settings;
  readonly keys: number;
  /** The folder for logs, events and the ledger. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Fills so many keys together, lets the herd ask for all of them in turn, and gives, for each key that was recomputed once
 * more, how long after its fill that began, in ms. Told by the origin's ledger alone.
 */
export async function expireBatch({
  settings,
  keys,
  folder,
  signal: interruption,
}: Batch): Promise<number[]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([interruption, failure.signal]);
  const names = Array.from({ length: keys }, (_, index) => `batch-${index}`);
  const choice = await chooseRuntime(settings, () => findEngine(signal));
  await ensureServersFor(settings, choice, signal);
  const cluster = await startCluster({ settings, choice, folder, signal });
  let herd: ReturnType<typeof forkHerd> | undefined;
  try {
    await warmUp(cluster, signal);
    await fillTogether(cluster, names, signal);
    herd = forkHerd(
      {
        targets: cluster.replicas,
        paths: names.map((name) => `/keys/${name}`),
        ratePerSecond: settings.ratePerSecond,
        timeoutSeconds: 10,
        poolSeconds: 1,
      },
      { log: join(cluster.files.logs, 'herd.log') },
    );
    void herd.died.then((error) => failure.abort(error));
    const journals = new Journals(cluster.files);
    const giveUpAt = performance.now() + settings.ttlMs * (1 + settings.ttlJitter) + SLACK_MS;
    const begunAgain = () => {
      journals.refresh();
      const again = secondRecomputeDelaysMs(journals.ledger, names);
      return again.length === keys || performance.now() > giveUpAt ? again : undefined;
    };
    // In the end it takes what has begun by then.
    const patience = { withinMs: Number.POSITIVE_INFINITY, everyMs: POLL_MS, signal };
    return await until("the batch's second recompute", begunAgain, patience);
  } finally {
    herd?.kill();
    await cluster.down();
    if (interruption.aborted) await rm(folder, { recursive: true, force: true });
  }
}

/** Every key at once, each at a replica in turn. */
async function fillTogether(
  { replicas }: Cluster,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const fills = names.map(async (name, index) => {
    const answer = await fetch(`${replicas[index % replicas.length]?.url}/keys/${name}`, { signal });
    if (!answer.ok) throw new MemberFailed(`${name} could not be filled: ${await answer.text()}`);
  });
  await Promise.all(fills);
}
