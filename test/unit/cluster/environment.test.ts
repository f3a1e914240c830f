import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appEnvironment, originEnvironment } from '../../../cluster/environment.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { appConfig } from '../../../services/member/config.ts';

test('whatever the lab takes for a recompute, a replica takes too', () => {
  for (const typed of [
    [],
    ['RECOMPUTE=6s', 'RECOMPUTE_JITTER=0.1'],
    ['RECOMPUTE=7001ms', 'RECOMPUTE_JITTER=0.37'],
  ]) {
    const settings = settingsFrom(valuesFrom('herd', typed, {}));
    const told = {
      ...appEnvironment(settings),
      NAME: 'app-1',
      ORIGIN_URL: 'http://127.0.0.1:1',
      REDIS_URL: 'redis://127.0.0.1:1',
    };
    const { error } = appConfig.safeParse(told);
    assert.equal(error, undefined, `${typed}: ${error?.message}`);
    assert.match(originEnvironment(settings, []).RECOMPUTE_MS ?? '', /^\d+$/);
  }
});
