import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalState } from '../../record/files/journal.ts';
import { EVENTS, LEDGER } from '../../record/files/run-folder.ts';
import { addressesFrom } from '../../record/foreign/addresses.ts';
import { askingOf } from '../../record/foreign/asking.ts';
import type { Settings } from '../../record/settings.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { Cluster, ClusterFiles, ClusterSpec, RedisServer, Replica } from '../cluster.ts';
import { answersWithinMs } from '../environment.ts';
import { tellOrigin } from '../tell-origin.ts';
import { LedgerCopy } from './ledger-copy.ts';
import type { OpenOrigin } from './open-origin.ts';
import { NotServed, servesKey, WARM_UP_KEY } from './ready.ts';

/** Gives the members behind TARGET: each address with its name. Throws {@link UsageError} if there are more or fewer names. */
export function targetsOf(target: string, { names }: Pick<OpenOrigin, 'names'>): readonly Replica[] {
  const urls = addressesFrom(target);
  if (urls.length === names.length) return urls.map((url, index) => ({ name: names[index] as string, url }));
  throw new UsageError(
    `TARGET has ${urls.length} of your services, and make origin has NAMES for ${names.length}: ${names.join(', ')}. ` +
      'Allowed: one URL for each name, in the same order. Type: make origin NAMES=a,b, then make herd TARGET=http://HOST:PORT,http://HOST:PORT',
  );
}

/** The origin outlives the run, and an interrupted run heals nothing. */
const HEALTHY = { errorRate: 0, slowShare: 0 };

type TargetSpec = Pick<ClusterSpec, 'settings' | 'folder' | 'onPhase'>;

/** Services that run already, with the origin and the Redis of `make origin`. The lab started none of them, and ends none. */
export class TargetCluster implements Cluster {
  readonly runtime = 'local';
  readonly refreshers = [];
  readonly proxies = [];
  readonly lockServers = [];
  readonly near = [];
  readonly replicas: readonly Replica[];
  readonly token: string;
  readonly origin: { readonly url: string };
  readonly redis: RedisServer;
  readonly files: ClusterFiles;
  readonly #copy: LedgerCopy;

  private constructor(
    { settings, folder }: TargetSpec,
    { token, origin, redis, names }: OpenOrigin,
    copy: LedgerCopy,
  ) {
    this.replicas = targetsOf(settings.target ?? '', { names });
    this.token = token;
    this.origin = { url: origin };
    this.redis = { name: 'redis', url: redis };
    this.files = { ledger: join(folder, LEDGER), events: join(folder, EVENTS), logs: join(folder, 'logs') };
    this.#copy = copy;
  }

  /** Has the origin behave as the settings say, and begins to copy its ledger. */
  static async start(spec: TargetSpec, open: OpenOrigin): Promise<TargetCluster> {
    const { settings, folder, onPhase } = spec;
    const { origin, redis, names } = open;
    onPhase?.(`asking ${names.join(', ')}, with the origin ${origin} and ${redis}`);
    await refuseUnlessServed(targetsOf(settings.target ?? '', open), settings);
    for (const path of ['logs', EVENTS]) await mkdir(join(folder, path), { recursive: true });
    const { recomputeMs, recomputeJitter: jitter, originCapacity: capacity } = settings;
    await tellOrigin({ url: open.origin }, { recomputeMs, jitter, capacity, ...HEALTHY });
    return new TargetCluster(spec, open, await LedgerCopy.start(open.origin, join(folder, LEDGER)));
  }

  get redisServers(): readonly RedisServer[] {
    return [this.redis];
  }

  /** Says how the copy of the origin's ledger is doing. */
  ledgerState(): Promise<JournalState> {
    return this.#copy.state();
  }

  async casualties(): Promise<readonly string[]> {
    return [];
  }

  kill = notOurs;
  pause = notOurs;
  resume = notOurs;
  stop = notOurs;
  restart = notOurs;
  cut = notOurs;
  mend = notOurs;
  add = notOurs;

  async down(): Promise<void> {
    await this.#copy.end();
    // One that is gone needs no healing.
    await tellOrigin(this.origin, HEALTHY).catch(() => {});
  }
}

/** Throws {@link UsageError} at the first that does not serve a key. */
async function refuseUnlessServed(targets: readonly Replica[], settings: Settings): Promise<void> {
  const own = { asking: askingOf(settings), answersWithinMs: answersWithinMs(settings) };
  for (const { name, url } of targets)
    await servesKey(url, own).catch((error) => {
      if (!(error instanceof NotServed)) throw error;
      throw new UsageError(
        `TARGET: ${name} does not serve: ${error.message}. Allowed: services that run and answer 200. Type: curl -i ${url}${own.asking.path(WARM_UP_KEY)}`,
      );
    });
}

/** No fault that needs a process gets here: each is refused by its name before the run. */
async function notOurs(): Promise<never> {
  throw new MemberFailed('TARGET names services that the lab did not start, so it cannot end or freeze them');
}
