import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownName } from '../../../services/member/name.ts';

describe('a replica without a name', () => {
  it('is called what its network calls it', async () => {
    const names: Record<string, string[]> = {
      '172.18.0.4': ['a1b2c3d4.bridge', 'dogpile-0f3a-app-3.dogpile-0f3a_cluster'],
    };
    const reverse = async (address: string) => names[address] ?? Promise.reject(new Error('ENOTFOUND'));
    assert.equal(await ownName(['10.0.0.9', '172.18.0.4'], reverse), 'app-3');
    const asRefresher = async () => ['dogpile-0f3a-refresher-2.dogpile-0f3a_cluster'];
    assert.equal(await ownName(['172.18.0.5'], asRefresher), 'refresher-2');
  });

  it('is called as its machine where the network knows nothing of replicas', async () => {
    const name = await ownName(['10.0.0.9'], async () => ['laptop.home.arpa']);
    assert.match(name, /^[\w-]+$/);
    assert.notEqual(name, 'app-1');
  });
});
