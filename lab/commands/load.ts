import { loadProgress } from '../../report/load-progress.ts';
import { valuesOf } from '../parameters/values.ts';
import { loadStandingCluster } from '../standing/load-standing.ts';
import { standingClusterFor } from '../standing/the-standing-cluster.ts';
import type { Command } from './command.ts';

/** A herd on the cluster of `make up`, until it is interrupted, its time is up or the cluster is ended. Nothing is judged. */
export const load: Command = async (invocation, signal) => {
  const { RATE: ratePerSecond, KEYS: keys, FOR: forMs } = valuesOf(invocation);
  const standing = await standingClusterFor('make load');
  const progress = loadProgress();
  const until = forMs === null ? 'until Ctrl-C' : `for ${forMs / 1000} s`;
  const targets = standing.proxies.length > 0 ? standing.proxies : standing.replicas;
  console.log(
    `${ratePerSecond} requests a second on ${targets.map(({ name }) => name).join(', ')} (${standing.strategy}), ${until}; nothing is judged`,
  );
  try {
    const why = await loadStandingCluster({
      ...{ standing, targets, ratePerSecond, keys, forMs, signal },
      onTally: progress.onTally,
    });
    progress.end();
    if (why === 'ended') console.log('the cluster has been ended');
    return 0;
  } finally {
    progress.end();
  }
};
