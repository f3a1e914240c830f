import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leaseBackends } from '../../../backends/locks/index.ts';
import { insideOf, portVariables, serviceOf, sharedEnvironment } from '../../../cluster/compose/services.ts';
import { processOf } from '../../../cluster/local/members.ts';
import { Placement } from '../../../cluster/local/placement.ts';
import { leaseGround } from '../../../cluster/servers/lease-ground.ts';
import { environmentOf, nextReplica, startGroups, topology } from '../../../cluster/topology.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';

/** Stands for a run whose fault needs a relay. */
const RELAYED = 'with a relay';

const settingsOf = (...typed: string[]) => ({
  ...settingsFrom(
    valuesFrom(
      'herd',
      typed.filter((word) => word !== RELAYED),
      {},
    ),
  ),
  relay: typed.includes(RELAYED),
});

const topologyOf = (...typed: string[]) => {
  const settings = settingsOf(...typed);
  return topology(settings, leaseGround(settings));
};

/** The names of what is started, one group after the other. */
const startOf = (...typed: string[]): string[] =>
  startGroups(topologyOf(...typed).members).map((group) =>
    group
      .map(({ name }) => name)
      .sort()
      .join(' '),
  );

const member = (name: string, ...typed: string[]) =>
  topologyOf(...typed).members.find((one) => one.name === name) ?? assert.fail(`no ${name}`);

describe('a topology', () => {
  it('is the store and the origin, and then the replicas', () => {
    assert.deepEqual(startOf('REPLICAS=3'), ['origin redis', 'app-1 app-2 app-3']);
  });

  it('starts Sentinels behind what they watch, and the replicas behind the Sentinels', () => {
    assert.deepEqual(startOf('STORE=sentinel', 'STORE_REPLICAS=2', 'REPLICAS=2'), [
      'origin redis',
      'redis-2 redis-3',
      'sentinel-1 sentinel-2 sentinel-3',
      'app-1 app-2',
    ]);
  });

  it('has the lock servers that the lease backend says, and names a lone one by its kind', () => {
    assert.deepEqual(startOf('LEASE_BACKEND=redlock', 'REPLICAS=1'), [
      'lock-1 lock-2 lock-3 lock-4 lock-5 origin redis',
      'app-1',
    ]);
    assert.deepEqual(startOf('LEASE_BACKEND=postgres-xact', 'REPLICAS=1'), [
      'origin postgres redis',
      'app-1',
    ]);
    assert.deepEqual(startOf('LEASE_BACKEND=mysql', 'REPLICAS=1'), ['mariadb origin redis', 'app-1']);
  });

  it('has no server for a lease that is made of files, only their folder', () => {
    assert.deepEqual(startOf('LEASE_BACKEND=file', 'REPLICAS=1'), ['origin redis', 'app-1']);
    assert.equal(member('app-1', 'LEASE_BACKEND=file').addresses.LOCK_SERVERS, '{folder}/locks');
  });

  it('starts refreshers with the replicas, and lets the origin know them', () => {
    const typed = ['STRATEGY=refresh-ahead', 'REFRESHERS=2', 'REPLICAS=2'];
    assert.deepEqual(startOf(...typed), ['origin redis', 'app-1 app-2 refresher-1 refresher-2']);
    assert.equal(member('origin', ...typed).environment.ASKERS, 'app-1,app-2,refresher-1,refresher-2');
  });

  it('starts proxies last, in front of every replica', () => {
    const typed = ['PROXY=nginx', 'PROXIES=2', 'REPLICAS=2'];
    assert.deepEqual(startOf(...typed), ['origin redis', 'app-1 app-2', 'proxy-1 proxy-2']);
    const { kind, standsOn } = member('proxy-2', ...typed);
    assert.deepEqual({ kind, standsOn }, { kind: 'nginx', standsOn: ['app-1', 'app-2'] });
  });

  it('leaves the first half of the replicas near the primary where the network can part, and nobody elsewhere', () => {
    assert.deepEqual(topologyOf('STORE=sentinel', 'REPLICAS=3').near, ['app-1', 'app-2']);
    assert.deepEqual(topologyOf('REPLICAS=3').near, []);
  });

  it('tells every asker where to find what it stands on, by names', () => {
    assert.deepEqual(member('app-1').addresses, {
      ORIGIN_URL: 'http://{origin}',
      REDIS_URL: 'redis://{redis}',
      LOCK_SERVERS: '',
    });
    assert.equal(
      member('app-1', 'STORE=sentinel').addresses.REDIS_URL,
      'sentinel://{sentinel-1},{sentinel-2},{sentinel-3}/lab',
    );
    assert.equal(
      member('app-1', 'LEASE_BACKEND=postgres').addresses.LOCK_SERVERS,
      'postgres://lab@{postgres}/postgres',
    );
  });

  it('starts a relay between the store and the members, with a port for each of them', () => {
    const settings = settingsOf(RELAYED, 'STRATEGY=refresh-ahead', 'REFRESHERS=1', 'REPLICAS=2');
    const { members } = topology(settings, undefined, 'a run');
    const groups = startGroups(members).map((group) => group.map(({ name }) => name));
    assert.deepEqual(groups, [['redis', 'origin'], ['relay'], ['app-1', 'app-2', 'refresher-1']]);
    const named = (name: string) => members.find((one) => one.name === name) ?? assert.fail(`no ${name}`);
    const routes = 'app-1={relay:app-1},app-2={relay:app-2},refresher-1={relay:refresher-1}';
    assert.deepEqual(named('relay').addresses, { REDIS_URL: 'redis://{redis}', REDIS_ROUTES: routes });
    assert.deepEqual(named('relay').environment, { SEED: '1', RUN_TOKEN: 'a run', ABLATE: 'none' });
    for (const name of ['app-1', 'refresher-1']) {
      assert.equal(named(name).addresses.REDIS_ROUTES, routes);
      assert.equal(named(name).addresses.REDIS_URL, 'redis://{redis}');
    }
    assert.equal(nextReplica(settings, undefined, 2).addresses.REDIS_ROUTES, undefined);
  });

  it('has no relay unless the run needs one, and none in front of Sentinels', () => {
    assert.ok(!topologyOf().members.some(({ role }) => role === 'relay'));
    const settings = settingsOf(RELAYED, 'STORE=sentinel');
    assert.throws(() => topology(settings, undefined), {
      code: 'ERR_DOGPILE_MEMBER',
      message: 'there is no relay in front of STORE=sentinel, only of STORE=single',
    });
  });

  it('gives one more replica the next name, and tells it the same', () => {
    const settings = settingsOf('REPLICAS=2', 'LEASE_BACKEND=redlock');
    const ground = leaseGround(settings);
    const { name, ...more } = nextReplica(settings, ground, 2);
    const { name: _, url: __, ...first } = member('app-1', 'REPLICAS=2', 'LEASE_BACKEND=redlock');
    assert.equal(name, 'app-3');
    assert.deepEqual(more, { ...first, url: 'http://{app-3}' });
  });

  it('is of the settings alone: it reads no file, no clock and no network, nor does anything that it imports', () => {
    const seen = new Set<string>();
    const visit = (file: URL) => {
      if (seen.has(file.href)) return;
      seen.add(file.href);
      const text = readFileSync(file, 'utf8');
      assert.doesNotMatch(text, /\b(process\.|Date\.|performance\.|Math\.random)/, file.pathname);
      for (const [, from = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gms)) {
        assert.match(from, /^\.\.?\//, `${file.pathname} imports ${from}`);
        visit(new URL(from, file));
      }
    };
    visit(new URL('../../../cluster/topology.ts', import.meta.url));
    assert.ok(seen.size > 3, 'it has been looked at');
  });

  it('refuses members that stand on each other', () => {
    const [one, two] = topologyOf('REPLICAS=2').members;
    assert.ok(one && two);
    const circle = [
      { ...one, standsOn: [two.name] },
      { ...two, standsOn: [one.name] },
    ];
    assert.throws(() => startGroups(circle), /stand on each other/);
  });
});

const EVERY_KIND = [
  [],
  [RELAYED],
  ['STORE=sentinel', 'STORE_REPLICAS=3', 'MIN_REPLICAS=1'],
  ['STRATEGY=refresh-ahead'],
  ['PROXY=squid', 'PROXIES=2'],
  ...leaseBackends.map((name) => [`LEASE_BACKEND=${name}`]),
];

describe('both runtimes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-topology-'));
  after(() => rmSync(folder, { recursive: true }));

  /** The processes of these settings, none of them started. */
  async function processesOf(typed: readonly string[]) {
    const whole = topologyOf(...typed);
    const ports = Array.from({ length: Placement.portsFor(whole) }, (_, index) => 20_000 + index);
    const placement = new Placement(whole, ports);
    const ground = {
      folder,
      events: folder,
      logs: folder,
      redisCommand: 'redis-server',
      placement,
      token: 'a run',
    };
    return Promise.all(whole.members.map((one) => processOf(one, ground)));
  }

  const files = [
    'compose.yaml',
    ...['failover', 'locks', 'proxies', 'relay'].map((name) => `compose/${name}.yaml`),
  ];
  const yaml = files.map((path) =>
    readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8'),
  );
  const services = new Set(yaml.join('\n').match(/(?<=^ {2})[\w-]+(?=:\n)/gm));
  const variables = new Set(yaml.join('\n').match(/\w+_PORTS?(?=:-\})/g));

  for (const typed of EVERY_KIND) {
    const spelled = typed.join(' ') || 'the defaults';

    it(`place the same members with the same names: ${spelled}`, async () => {
      const { members } = topologyOf(...typed);
      const names = members.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      assert.deepEqual(
        (await processesOf(typed)).map(({ name }) => name),
        names,
      );
      for (const one of members)
        assert.ok(services.has(serviceOf(one)), `compose.yaml has ${serviceOf(one)}`);
      const ports = members.map((_, index) => 20_000 + index);
      const published = portVariables(members, ports);
      for (const name of Object.keys(published)) assert.ok(variables.has(name), `compose.yaml takes ${name}`);
      assert.equal(published.APP_PORTS, '20000-20003');
    });

    it(`tell a replica the same, but for addresses: ${spelled}`, async () => {
      const { members } = topologyOf(...typed);
      const [first] = await processesOf(typed);
      const [replica] = members;
      assert.ok(first && replica);
      const inside = environmentOf(replica, insideOf(members));
      for (const [name, value] of Object.entries(inside)) {
        if (!(name in replica.addresses)) assert.equal(first.env[name], value, name);
        assert.equal(sharedEnvironment(members)[name], value, name);
        assert.doesNotMatch(`${value} ${first.env[name]}`, /[{}]|undefined/, name);
      }
    });
  }

  it('give near and far replicas of a network that can part different ways to the same servers', async () => {
    const processes = await processesOf(['STORE=sentinel', 'REPLICAS=2']);
    const envOf = (name: string) => processes.find((one) => one.name === name)?.env ?? {};
    const args = (name: string) => processes.find((one) => one.name === name)?.args ?? [];
    // Replicas, Redis, the origin, Sentinels; then the links of redis, redis-2 and the Sentinels.
    const at = (port: number) => `127.0.0.1:${20_000 + port}`;
    assert.equal(envOf('app-2').REDIS_URL, `sentinel://${at(5)},${at(6)},${at(7)}/lab`);
    assert.equal(
      envOf('app-1').REDIS_URL,
      `sentinel://${at(10)},${at(11)},${at(12)}/lab?${at(8)}=${at(2)},${at(3)}=${at(9)}`,
    );
    assert.equal(args('redis')[args('redis').indexOf('--replica-announce-port') + 1], '20008');
    assert.equal(args('redis-2')[args('redis-2').indexOf('--replica-announce-port') + 1], '20003');
    assert.deepEqual(args('redis-2').slice(-3), ['--replicaof', '127.0.0.1', '20008']);
  });
});
