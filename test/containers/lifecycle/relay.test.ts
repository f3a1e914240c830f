import { it } from 'node:test';
import { engineSocket } from '../../../cluster/compose/engine.ts';
import { startComposeCluster } from '../../../cluster/compose/start.ts';
import { withDocker } from '../../support/docker.ts';
import { labFolder } from '../../support/lab.ts';
import { TOKEN } from '../../support/local-cluster.ts';
import { holdEverywhere, relayedSettings } from '../../support/relayed-cluster.ts';

const TITLE =
  'containers: the relay holds a commit and lets it go, loses that of a dead replica, and holds up no end';

it(TITLE, withDocker, async (t) => {
  const folder = labFolder();
  t.after(() => folder.remove());
  const spec = {
    settings: relayedSettings,
    folder: folder.path,
    signal: t.signal,
    token: TOKEN,
    onStart: () => {},
  };
  const cluster = await startComposeCluster(spec, { socketPath: await engineSocket() });
  t.after(() => cluster.down());
  await holdEverywhere(cluster);
});
