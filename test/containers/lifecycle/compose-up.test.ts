import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askRedis } from '../../../cluster/ask-redis.ts';
import { docker } from '../../../cluster/compose/docker.ts';
import { containersOf, removeProject } from '../../../cluster/compose/project.ts';
import {
  DOWN_AFTER_MS,
  FAILOVER_TIMEOUT_MS,
  QUORUM,
  SERVICE_NAME,
} from '../../../cluster/servers/sentinel.ts';
import { withDocker } from '../../support/docker.ts';

const FILE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));

describe('docker compose up, without the lab', withDocker, () => {
  const project = `dogpile-test-${randomBytes(4).toString('hex')}`;
  const compose = (...args: string[]) =>
    docker(['compose', '--project-name', project, '--file', FILE, ...args], {
      env: { COMPOSE_PROFILES: '', STRATEGY: 'single-flight', REPLICAS: '2', PROMETHEUS_PORT: '0' },
    });
  after(() => removeProject(project));

  it('gives a healthy cluster from nothing', async () => {
    // As whoever types it would: an image is labelled with the project it is built under.
    await docker(['compose', '--project-name', 'dogpile', '--file', FILE, 'build', '--quiet', 'app']);
    await compose('up', '--detach', '--wait', '--wait-timeout', '120');
    const containers = await containersOf(project);
    assert.deepEqual(containers.map(({ name }) => name).sort(), ['app-1', 'app-2', 'origin', 'redis']);
    for (const { name, port } of containers.filter((one) => one.name.startsWith('app-'))) {
      const base = `http://127.0.0.1:${port}`;
      const { by, version } = (await (await fetch(`${base}/keys/hot`)).json()) as Record<string, unknown>;
      assert.deepEqual({ by, version }, { by: name, version: 1 });
      const metrics = await (await fetch(`${base}/metrics`)).text();
      assert.ok(metrics.includes(`strategy="single-flight",replica="${name}"`));
    }
  });

  it('records for whoever mounts its volume, though nobody in it is root', async () => {
    const events = await compose('exec', '--no-TTY', 'app', 'ls', '/data/events', '/data/ledger.jsonl');
    assert.deepEqual(events.match(/\S+\.jsonl/g), ['/data/ledger.jsonl', 'app-1.jsonl', 'app-2.jsonl']);
  });

  it('has every replica scraped', async () => {
    await compose('--profile', 'observability', 'up', '--detach', '--wait', 'prometheus');
    const { port } = (await containersOf(project)).find(({ name }) => name === 'prometheus') ?? {};
    const giveUpAt = performance.now() + 15_000;
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=sum by (job) (up)`);
      const { data } = (await answer.json()) as { data: { result: Up[] } };
      const up = Object.fromEntries(data.result.map(({ metric, value }) => [metric.job, value[1]]));
      if (up.app === '2' && up.origin === '1') break;
      assert.ok(performance.now() < giveUpAt, JSON.stringify(up));
    }
  });

  it('is healthy with everything that Redis and the lease can be made of', async () => {
    const profiles = ['failover', 'more-replicas', 'redlock', 'postgres', 'mysql', 'memcached'];
    const asked = profiles.flatMap((profile) => ['--profile', profile]);
    await compose(...asked, 'up', '--detach', '--wait', '--wait-timeout', '120', '--scale', 'app=0');
    const containers = await containersOf(project);
    const sentinel = containers.find(({ name }) => name === 'sentinel-1');
    const known = await askRedis(`redis://127.0.0.1:${sentinel?.port}`, (redis) =>
      redis.call('SENTINEL', 'MASTER', SERVICE_NAME),
    );
    const facts = new Map(pairs(known as string[]));
    assert.deepEqual(
      ['ip', 'quorum', 'down-after-milliseconds', 'failover-timeout'].map((name) => facts.get(name)),
      ['redis', `${QUORUM}`, `${DOWN_AFTER_MS}`, `${FAILOVER_TIMEOUT_MS}`],
    );
  });
});

const pairs = (flat: readonly string[]) =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : []));

interface Up {
  readonly metric: { readonly job: string };
  readonly value: readonly [at: number, count: string];
}
