import { Redis } from 'ioredis';
import { lock } from '../../strategies/lock.ts';
import { xfetchLock } from '../../strategies/xfetch-lock.ts';
import { strategyContract } from '../suites/strategy-contract.ts';
import { type Fleet, type MakeFleet, startFleet } from '../support/fleet.ts';
import { startRedisLockServers } from '../support/lock-servers.ts';

/** A fleet whose lease is held by five Redis servers of its own. */
const startFleetOnRedlock: MakeFleet = async (definition, settings) => {
  const servers = await startRedisLockServers();
  const fleet: Fleet = await startFleet(definition, {
    ...settings,
    leaseBackend: 'redlock',
    lockServers: servers.addresses,
  });
  return {
    ...fleet,
    async expireLease() {
      await Promise.all(servers.addresses.map(forgetEverything));
    },
    async close() {
      await fleet.close();
      await servers.stop();
    },
  };
};

async function forgetEverything(address: string): Promise<void> {
  const redis = new Redis(address);
  await redis.flushall();
  redis.disconnect();
}

for (const definition of [lock, xfetchLock]) {
  const name = `${definition.name} on redlock`;
  strategyContract({ ...definition, name }, startFleetOnRedlock);
}
