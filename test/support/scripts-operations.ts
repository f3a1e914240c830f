import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { IoRedisPort } from '../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../backends/redis/keys.ts';
import type { Cache, Grant, Lease } from '../../strategies/contract/index.ts';
import { made } from './leases.ts';
import type { ScriptsModel } from './scripts-model.ts';
import { until } from './within.ts';

export const KEY = 'k';
/** So long that nothing runs out by itself. */
export const TTL_MS = 1_000_000;

/** The real thing, the model beside it, and every grant there ever was, good or not. */
export interface Stage {
  readonly redis: IoRedisPort;
  readonly cache: Cache<string>;
  readonly lease: Lease<string>;
  readonly model: ScriptsModel;
  readonly grants: Grant[];
}

/** Does one thing to Redis and to the model, and compares what comes back. */
export interface Operation {
  readonly name: string;
  run(stage: Stage): Promise<void>;
}

const { entry, lease, fence, failure } = keysOf(KEY);
const operation = (name: string, run: Operation['run']): Operation => ({ name, run });

/** With one of the grants so far, if there is any. */
const withGrant = (name: string, run: (stage: Stage, grant: Grant) => Promise<void>) =>
  fc.nat(5).map((back) =>
    operation(`${name} by the holder ${back} grants back`, async (stage) => {
      const grant = stage.grants.at(-1 - back);
      if (grant) await run(stage, grant);
    }),
  );

const acquire = fc.option(fc.nat(9), { nil: undefined }).map((seenVersion) =>
  operation(`acquire, having seen ${seenVersion}`, async ({ lease, model, grants }) => {
    const expected = model.acquireKind(seenVersion);
    const acquired = await lease.acquire(KEY, seenVersion);
    assert.equal(acquired.kind, expected);
    if (acquired.kind === 'fresh') assert.equal(acquired.entry.version, model.entry?.version);
    if (acquired.kind === 'held') assert.equal(acquired.fence, model.fence);
    if (acquired.kind === 'backing-off') {
      assert.equal(acquired.failures, model.failures);
      assert.equal(acquired.stale?.version, model.entry?.version);
    }
    if (acquired.kind !== 'granted') return;
    const { grant } = acquired;
    assert.equal(grant.replaces, model.newestVersion, 'the version that the grant names');
    assert.ok(grant.fence > model.fence && grant.fence >= Math.floor(grant.atStoreMs), 'the fence rises');
    grants.push(grant);
    model.granted(grant.token, grant.fence);
  }),
);

const renew = withGrant('renew', async ({ lease, model }, grant) => {
  assert.equal(await lease.renew(KEY, grant), model.lease === grant.token);
});

const release = withGrant('release', async ({ lease, model }, grant) => {
  await lease.release(KEY, grant);
  model.release(grant.token, false);
});

const releaseFailed = withGrant('release after a failure', async ({ lease, model }, grant) => {
  await lease.release(KEY, grant, { backoffMs: TTL_MS });
  model.release(grant.token, true);
});

const commit = fc.nat(9).chain((version) =>
  withGrant(`commit version ${version}`, async ({ cache, model }, grant) => {
    const { outcome } = await cache.commit(KEY, made(version), { grant });
    const isAccepted = outcome === 'accepted';
    const minted = isAccepted ? (await cache.read(KEY)).fence : model.fence;
    if (isAccepted) assert.ok(minted > grant.fence, 'the fence rises');
    assert.equal(isAccepted, model.commit(grant.token, grant.fence, version, minted));
  }),
);

const put = fc
  .record({ version: fc.nat(9), since: fc.constantFrom('newest', 'older', 'none', 'any') })
  .map((given) =>
    operation(`put version ${given.version} since ${given.since}`, async ({ cache, model }) => {
      const since = { newest: model.fence, older: model.fence - 1, none: 0, any: undefined }[given.since];
      const condition = since === undefined ? 'always' : { seenFence: since };
      const before = model.fence;
      const committed = await cache.commit(KEY, made(given.version), condition);
      const minted =
        committed.outcome === 'accepted' && since !== undefined ? committed.entry.fence : undefined;
      if (minted !== undefined) assert.ok(minted > before, 'the fence rises');
      assert.equal(committed.outcome === 'accepted', model.put(given.version, since, minted));
    }),
  );

const invalidate = operation('invalidate', async ({ cache, model }) => {
  const invalidated = await cache.invalidate(KEY);
  assert.ok(invalidated.fence > model.fence, 'the fence rises');
  model.invalidate(invalidated.fence);
});

const leaseRunsOut = operation('the lease runs out', async ({ redis, model }) => {
  await redis.client.del(lease);
  model.lease = undefined;
});

const due = operation('the value is due', async ({ redis, model }) => {
  await redis.client.pexpire(entry, TTL_MS);
  if (model.entry) model.entry.due = true;
});

const forgotten = operation('the value is forgotten', async ({ redis, model }) => {
  await redis.client.del(entry);
  model.entry = undefined;
});

const backOffPasses = operation('the back-off passes', async ({ redis, model }) => {
  await redis.client.pexpire(failure, TTL_MS);
  model.backingOff = false;
});

const failuresForgotten = operation('the failures are forgotten', async ({ redis, model }) => {
  await redis.client.del(failure);
  model.forgetFailures();
});

const fenceForgotten = operation('the fence is forgotten', async ({ redis, cache, model }) => {
  await clockPassesFence(cache, model);
  await redis.client.del(fence);
  model.forgetFence();
});

const flush = operation('Redis comes back empty', async ({ redis, cache, model }) => {
  await clockPassesFence(cache, model);
  await redis.client.flushall();
  model.flush();
});

/** Mints of one millisecond run ahead of the clock; no store loses its memory and comes back that fast. */
const clockPassesFence = (cache: Cache<string>, { fence }: ScriptsModel) =>
  until('the clock to pass the fence', async () => (await cache.read(KEY)).atStoreMs > fence + 1);

export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: acquire },
  { weight: 2, arbitrary: renew },
  { weight: 2, arbitrary: release },
  { weight: 3, arbitrary: releaseFailed },
  { weight: 6, arbitrary: commit },
  { weight: 2, arbitrary: put },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      invalidate,
      leaseRunsOut,
      due,
      forgotten,
      backOffPasses,
      failuresForgotten,
      fenceForgotten,
      flush,
    ),
  },
);
