import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appEnvironment, drainMsFor, originEnvironment, queueMsFor } from '../../../cluster/environment.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { SETTINGS, type Settings } from '../../../record/settings.ts';
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

test('a service reads every setting that it is told as the value that the run has', () => {
  const typed = [
    'STRATEGY=refresh-ahead',
    'TTL=7s',
    'TTL_JITTER=0.25',
    'GRACE=20s',
    'LEASE=1234ms',
    'BETA=0.5',
    'SINGLE_FLIGHT=off',
    'BACKOFF=70ms',
    'REFRESH_INTERVAL=60ms',
    'STORE=sentinel',
    'WAIT=1',
    'WAIT_FOR=all',
    'SEED=9',
  ];
  const settings = settingsFrom(valuesFrom('herd', typed));
  const config: Record<string, unknown> = appConfig.parse(appEnvironment(settings));
  const memberSettings = Object.entries(SETTINGS).filter(([, { variable }]) =>
    variable?.services.some((service) => service === 'member'),
  );
  assert.ok(memberSettings.length > 10);
  for (const [field, { variable }] of memberSettings)
    assert.equal(config[variable?.name ?? ''], settings[field as keyof Settings] ?? 'none', field);
});

test('what a service takes to be the default is what the lab takes to be it', () => {
  const bare: Record<string, unknown> = appConfig.parse({});
  for (const { variable, preset } of Object.values(SETTINGS))
    if (variable?.services.some((service) => service === 'member'))
      assert.equal(bare[variable.name], preset ?? 'none', variable.name);
});

test('a replica drains for as long as its requests may queue at the origin, and nobody queues longer than patience lasts', () => {
  const settings = (...typed: string[]) => settingsFrom(valuesFrom('herd', typed));
  const none = settings('STRATEGY=none');
  assert.equal(queueMsFor(none), 2400);
  assert.equal(drainMsFor(none), drainMsFor(settings('STRATEGY=lock')) + 2400);
  assert.equal(queueMsFor(settings('STRATEGY=none', 'RATE=5000')), 10_000);
  assert.equal(queueMsFor(settings('STRATEGY=none', 'ORIGIN_CAPACITY=0')), 0);
  // A proxy asks once, whatever the herd in front of it.
  assert.equal(queueMsFor(settings('STRATEGY=none', 'PROXY=squid')), 0);
});
