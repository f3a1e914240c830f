import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passedBy } from '../../../load/cache-status.ts';

describe('what a proxy says of an answer', () => {
  it('is the last member of Cache-Status, whatever the replica said when it was stored', () => {
    const status = (last: string) =>
      passedBy({ 'Cache-Status': `dogpile; fwd=miss; stored; ttl=2, ${last}` });
    assert.deepEqual(status('proxy-1; hit'), { via: 'proxy-1', cache: 'hit' });
    assert.deepEqual(status('proxy-2; hit; detail=stale'), { via: 'proxy-2', cache: 'stale' });
    assert.deepEqual(status('proxy-1; fwd=miss; stored'), { via: 'proxy-1', cache: 'fwd' });
  });

  it('may be in a header line of its own', () =>
    assert.deepEqual(passedBy({ 'cache-status': ['dogpile; hit; ttl=2', 'proxy-1;fwd=stale'] }), {
      via: 'proxy-1',
      cache: 'fwd',
    }));

  it('is X-Cache where Squid says no more', () => {
    const squid = (said: string) =>
      passedBy({ 'cache-status': 'dogpile; hit; ttl=2', 'X-Cache': `${said} from proxy-1` });
    assert.deepEqual(squid('HIT'), { via: 'proxy-1', cache: 'hit' });
    assert.deepEqual(squid('MISS'), { via: 'proxy-1', cache: 'fwd' });
  });

  it('is nothing where a replica answered itself', () => {
    assert.equal(passedBy({ 'cache-status': 'dogpile; hit; ttl=2' }), undefined);
    assert.equal(passedBy({}), undefined);
  });

  it('is nothing where it cannot be read', () =>
    assert.equal(passedBy({ 'cache-status': 'proxy-1; =; hit' }), undefined));

  it('is read with names and details as strings too', () =>
    assert.deepEqual(passedBy({ 'cache-status': '"proxy-1";hit;detail="stale"' }), {
      via: 'proxy-1',
      cache: 'stale',
    }));
});
