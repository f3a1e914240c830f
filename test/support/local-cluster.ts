import type { LocalCluster } from '../../cluster/local/local-cluster.ts';
import { startLocalCluster } from '../../cluster/local/start.ts';
import { settingsFrom } from '../../lab/parameters/settings.ts';
import { valuesFrom } from '../../lab/parameters/values.ts';

/** The token of a cluster that a test starts. */
export const TOKEN = 'a run';

/** Starts the cluster of a herd with these parameters as processes, its files in the folder. Whoever starts it ends it. */
export const localCluster = (folder: string, typed: readonly string[]): Promise<LocalCluster> =>
  startLocalCluster({
    settings: settingsFrom(valuesFrom('herd', typed, {})),
    folder,
    signal: new AbortController().signal,
    token: TOKEN,
    onStart: () => {},
  });
