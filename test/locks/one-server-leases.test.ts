import { after, before, describe } from 'node:test';
import type { MutexName } from '../../backends/locks/index.ts';
import type { LockServerKind } from '../../cluster/servers/lock-servers.ts';
import { leaseContract } from '../suites/lease-contract.ts';
import { type LockServer, makeLockFolder, shared, startLockServer, whyNot } from '../support/lock-server.ts';
import { startMutexStage } from '../support/mutex-stage.ts';

leaseContract('file-lease', (settings) => startMutexStage('file', makeLockFolder, settings));

// It counts in whole seconds.
onOneServer('memcached', ['memcached'], { termStepMs: 1000 });
onOneServer('postgres', ['postgres']);
onOneServer('mariadb', ['mysql']);

function onOneServer(kind: LockServerKind, backends: readonly MutexName[], steps = {}): void {
  describe(`on ${kind}`, { skip: whyNot(kind) }, () => {
    let server: LockServer;
    before(async () => {
      server = await startLockServer(kind);
    });
    after(() => server.stop());
    for (const name of backends)
      leaseContract(
        `${name}-lease`,
        (settings) => startMutexStage(name, () => shared(server, name), settings),
        steps,
      );
  });
}
