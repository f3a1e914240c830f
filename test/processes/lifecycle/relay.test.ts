import { it } from 'node:test';
import { startLocalCluster } from '../../../cluster/local/start.ts';
import { labFolder } from '../../support/lab.ts';
import { TOKEN } from '../../support/local-cluster.ts';
import { holdEverywhere, relayedSettings } from '../../support/relayed-cluster.ts';

it('processes: the relay holds a commit and lets it go, loses that of a dead replica, and holds up no end', async (t) => {
  const folder = labFolder();
  const cluster = await startLocalCluster({
    settings: relayedSettings,
    folder: folder.path,
    signal: t.signal,
    token: TOKEN,
    onStart: () => {},
  });
  t.after(async () => {
    await cluster.down();
    folder.remove();
  });
  await holdEverywhere(cluster);
});
