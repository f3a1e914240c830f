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
import { asAsked, panelQueries } from '../../../grafana/queries.ts';
import { type Answers, prometheusAt, type Series } from '../../../prometheus/api.ts';
import { withDocker } from '../../support/docker.ts';
import { until } from '../../support/within.ts';

const FILE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));

/** Expiries come every four seconds or so. */
const SHOWN_WITHIN_MS = 60_000;
const SPIKE = 10;

/** What a replica says with each value. */
interface Answer {
  readonly by: string;
  readonly version: number;
}

describe('docker compose up, without the lab', withDocker, () => {
  const project = `dogpile-test-${randomBytes(4).toString('hex')}`;
  const compose = (variables: Readonly<Record<string, string>>, ...args: string[]) =>
    docker(['compose', '--project-name', project, '--file', FILE, ...args], {
      env: {
        ...{ COMPOSE_PROFILES: '', STRATEGY: 'none', REPLICAS: '2', PROMETHEUS_PORT: '0', FRONT_PORT: '0' },
        // 50 requests miss per expiry, and a machine that is busy can still carry it.
        ...{ RATE: '100', RECOMPUTE_MS: '500' },
        // A pause of a second must not end a lease.
        LEASE_MS: '5000',
        ...variables,
      },
    });
  const up = (variables: Readonly<Record<string, string>>, ...args: string[]) =>
    compose(variables, 'up', '--detach', '--wait', '--wait-timeout', '120', ...args);
  const urlOf = async (wanted: string) => {
    const { port } = (await containersOf(project)).find(({ name }) => name === wanted) ?? assert.fail(wanted);
    return `http://127.0.0.1:${port}`;
  };
  let prometheus: Answers;
  after(() => removeProject(project));

  it('gives a healthy cluster from nothing, with a load and one address for all replicas', async () => {
    // As whoever types it would: an image is labelled with the project it is built under.
    await docker(['compose', '--project-name', 'dogpile', '--file', FILE, 'build', '--quiet', 'app']);
    await up({});
    const containers = await containersOf(project);
    assert.deepEqual(containers.map(({ name }) => name).sort(), [
      ...['app-1', 'app-2', 'front', 'herd', 'origin', 'redis'],
    ]);
    for (const { name, port } of containers.filter((one) => one.name.startsWith('app-'))) {
      const base = `http://127.0.0.1:${port}`;
      const { by } = (await (await fetch(`${base}/keys/hot`)).json()) as Answer;
      assert.equal(by, name);
      const metrics = await (await fetch(`${base}/metrics`)).text();
      assert.ok(metrics.includes(`strategy="none",replica="${name}"`));
    }
  });

  it('records for whoever mounts its volume, though nobody in it is root', async () => {
    const events = await compose({}, 'exec', '--no-TTY', 'app', 'ls', '/data/events', '/data/ledger.jsonl');
    assert.deepEqual(events.match(/\S+\.jsonl/g), ['/data/ledger.jsonl', 'app-1.jsonl', 'app-2.jsonl']);
  });

  it('shows the stampede of none in the boards, with load on every replica', async () => {
    await up({}, 'prometheus');
    prometheus = prometheusAt(await urlOf('prometheus'));
    const start = Date.now() / 1000;
    await until(
      'a spike at two expiries',
      async () => {
        const perSecond = await charted('Origin recomputes a second, by replica', start);
        const spikes = [...summed(perSecond)].flatMap(([seconds, sum]) => (sum >= SPIKE ? [seconds] : []));
        const boundaries = await boundariesSince(start);
        const spiked = boundaries.filter((boundary) =>
          spikes.some((seconds) => seconds > boundary && seconds <= boundary + 3),
        );
        return spiked.length >= 2;
      },
      SHOWN_WITHIN_MS,
    );
    for (const replica of ['app-1', 'app-2'])
      await until(`load on ${replica}`, async () => (await sentTo(replica)) > 100, SHOWN_WITHIN_MS);
  });

  it('has the load and the one address go to a replica that comes, and past one that goes', async () => {
    await up({}, '--no-recreate', '--scale', 'app=3', 'app');
    await until('load on the replica that came', async () => (await sentTo('app-3')) > 20, SHOWN_WITHIN_MS);
    const front = await urlOf('front');
    const get = (path: string) => fetch(`${front}${path}`, { signal: AbortSignal.timeout(10_000) });
    await until('an answer of the replica that came', async () => {
      const answer = await get('/keys/other');
      assert.match(answer.headers.get('cache-status') ?? '', /^dogpile; /);
      return ((await answer.json()) as Answer).by === 'app-3';
    });
    const { id } = (await containersOf(project)).find(({ name }) => name === 'app-3') ?? assert.fail();
    await docker(['kill', id]);
    for (let asked = 0; asked < 20; asked += 1) {
      const answer = await get('/keys/other');
      assert.equal(answer.status, 200);
      assert.notEqual(((await answer.json()) as Answer).by, 'app-3');
    }
    // A replica takes orders under its own name or this machine's, so the host has come through.
    assert.equal((await fetch(`${front}/keys/other`, { method: 'DELETE' })).status, 204);
  });

  it('shows one recompute per expiry once the strategy is lock', async () => {
    await up({ STRATEGY: 'lock' });
    const start = Date.now() / 1000;
    const enough = async () => (await boundariesSince(start)).length >= 3;
    await until('three expiries', enough, SHOWN_WITHIN_MS);
    const perExpiry = (await charted('Recomputes per expiry', start)).filter(
      ({ metric }) => metric.strategy === 'lock',
    );
    const most = Math.max(...perExpiry.flatMap(({ points }) => points.map(([, value]) => value)));
    assert.ok(most >= 1 && most <= 2, `${most} recomputes of one expiry`);
  });

  /** How many requests a replica has answered, by its last scrape. */
  async function sentTo(replica: string): Promise<number> {
    const expr = `sum(dogpile_requests_total{replica="${replica}"})`;
    return (await prometheus.at(expr, Date.now() / 1000))[0]?.points[0]?.[1] ?? 0;
  }

  /** What a panel's first query shows of the time since then. */
  const charted = (panel: string, start: number): Promise<Series[]> => {
    const { expr } = panelQueries().find(({ panel: title }) => title === panel) ?? assert.fail(panel);
    const range = { start, end: Date.now() / 1000 };
    return prometheus.over(asAsked(expr, range, 1), range);
  };

  /** When the expiries began that the origin has seen since then. */
  async function boundariesSince(start: number): Promise<number[]> {
    const range = { start, end: Date.now() / 1000 };
    const [series] = await prometheus.over('dogpile_origin_last_expiry_timestamp_seconds', range);
    return [...new Set(series?.points.map(([, value]) => value))].filter((seconds) => seconds > start);
  }

  it('is healthy with everything that Redis and the lease can be made of', async () => {
    const profiles = ['failover', 'more-replicas', 'redlock', 'postgres', 'mysql', 'memcached'];
    const scale = ['--scale', 'app=0', '--scale', 'front=0'];
    await up({ HERD_REPLICAS: '0', COMPOSE_PROFILES: profiles.join() }, ...scale);
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

/** The sum of all series at each moment. */
function summed(series: readonly Series[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [seconds, value] of series.flatMap(({ points }) => points))
    sums.set(seconds, (sums.get(seconds) ?? 0) + value);
  return sums;
}

const pairs = (flat: readonly string[]) =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : []));
