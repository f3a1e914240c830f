import { after, before, describe } from 'node:test';
import { type LockServerKind, type MutexName, mutexes } from '../../backends/locks/index.ts';
import { leaseContract } from '../suites/lease-contract.ts';
import { type LockServer, makeLockFolder, shared, startLockServer, whyNot } from '../support/lock-server.ts';
import { startMutexStage } from '../support/mutex-stage.ts';

// Every lease backend of the registry but those on several servers: redlock-lease.test.ts.
for (const name of Object.keys(mutexes) as MutexName[]) {
  const { standsOn } = mutexes[name];
  if (standsOn.kind === 'folder')
    leaseContract(`${name}-lease`, (settings) => startMutexStage(name, makeLockFolder, settings));
  else if (standsOn.count === 1) onOneServer(standsOn.kind, name);
}

function onOneServer(kind: LockServerKind, name: MutexName): void {
  describe(`on ${kind}`, { skip: whyNot(kind) }, () => {
    let server: LockServer;
    before(async () => {
      server = await startLockServer(kind);
    });
    after(() => server.stop());
    leaseContract(
      `${name}-lease`,
      (settings) => startMutexStage(name, () => shared(server, name), settings),
      // It counts in whole seconds.
      kind === 'memcached' ? { termStepMs: 1000 } : {},
    );
  });
}
