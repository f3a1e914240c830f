import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requireProxy } from '../../../cluster/local/proxies.ts';
import { ROOT } from '../../support/imports.ts';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';

const EX_USAGE = 64;
const RECORDED = join(ROOT, 'test/fixtures/lock-run');

describe('bad input gets one line, exit 64, and starts nothing', { concurrency: 4 }, () => {
  async function refused(args: string[], says: RegExp, env?: NodeJS.ProcessEnv) {
    const folder = labFolder();
    try {
      const { status, out, err } = await runLab(folder.path, args, env);
      assert.equal(status, EX_USAGE, err);
      assert.equal(out, '');
      assert.match(err, says);
      assert.equal(err.trimEnd().split('\n').length, 1);
      assert.equal(existsSync(join(folder.path, 'results')), false);
      assert.deepEqual(processesIn(folder.path), []);
    } finally {
      folder.remove();
    }
  }

  const cases: [string[], RegExp][] = [
    [['herd', 'STRATEGY=lok'], /STRATEGY=lok .*none, single-flight, lock.*Type: make herd STRATEGY=lock/],
    [['herd', 'TTL=abc'], /TTL=abc .*a duration from 100ms.*Type: make herd TTL=3s/],
    [['herd', 'TTL=3'], /TTL=3 /],
    [['herd', 'REPLICAS=0'], /REPLICAS=0 .*from 1 to/],
    [['herd', 'REPLICAS=100000'], /REPLICAS=100000 /],
    [['herd', 'REPLICAS=1.5'], /REPLICAS=1.5 /],
    [['herd', 'RATE=-1'], /RATE=-1 /],
    [['herd', '--rate', 'fast'], /RATE=fast /],
    [['herd', '--rate'], /--rate has no value/],
    [['herd', 'STRATGY=lock'], /STRATGY=lock is not a parameter/],
    [['herd', 'lock'], /lock has no value|lock is not a parameter/],
    [['herd', 'RUNTIME=cloud'], /RUNTIME=cloud /],
    [['herd', 'ABLATE=fence'], /ABLATE=fence .*no-lease-ttl.*Type: make herd ABLATE=none/],
    [['herd', 'STRATEGY=xfetch-lock', 'ABLATE=no-fence'], /ABLATE=no-fence .*Allowed: STRATEGY=lock/],
    [
      ['herd', 'STRATEGY=lock', 'ABLATE=no-overlap-guard'],
      /ABLATE=no-overlap-guard .*Allowed: STRATEGY=refresh-ahead/,
    ],
    [['ablate', 'STRATEGY=none'], /make ablate does not take STRATEGY: .*Type: make ablate ABLATE=/],
    [['ablate', 'ABLATE=stale-hit'], /ABLATE=stale-hit takes out no guard.*make mutants ABLATE=stale-hit/],
    [['mutants', 'STRATEGY=none'], /make mutants does not take STRATEGY: .*ABLATE chooses the mutant/],
    [['mutants', 'ABLATE=late-draw', 'QUICK=on'], /late-draw is not in the sample .*Allowed: QUICK=off/],
    [['compare', 'STRATEGY=lock'], /does not take STRATEGY: .*Type: make compare STRATEGIES=lock/],
    [['leases', 'LEASE=5s'], /does not take LEASE: it measures with leases of 1s.*make herd LEASE=5s/],
    [['herd', 'TRIALS=9'], /does not take TRIALS.*Type: make herd REPEAT=9, or make compare TRIALS=9/],
    [['herd', 'EXPIRIES=0'], /EXPIRIES=0 .*from 1 to 10000/],
    [['status', 'STRATEGY=lock'], /make status does not take STRATEGY/],
    [['herd', 'ABLATE=no-fence', 'LEASE_BACKEND=redlock'], /ABLATE=no-fence .*Allowed: LEASE_BACKEND=redis/],
    [['herd', 'STRATEGY=xfetch', 'TTL=500ms'], /TTL=500ms is shorter than XFetch's lead of 1.06s/],
    [['herd', 'WAIT_FOR=all'], /WAIT_FOR=all has no effect with WAIT=0.*STORE=sentinel WAIT=1 WAIT_FOR=all/],
    [['herd', 'WAIT=1'], /WAIT=1 needs Redis replicas, .*STORE=sentinel WAIT=1/],
    [['herd', 'STORE=sentinel', 'MIN_REPLICAS=2'], /MIN_REPLICAS=2 is more than .*STORE_REPLICAS=2/],
    [
      ['herd', 'FAULT=kill-holder+kill-holder'],
      /kill-holder\+kill-holder is not allowed.*joined by a plus sign/,
    ],
    [['herd', 'FAULT=kill-holder+none'], /kill-holder\+none is not allowed/],
    [['herd', 'FAULT=kill-holder+slow-origin+redis-down'], /is not allowed: none, .*two of them/],
    [['herd', 'STRATEGY=lock+none'], /STRATEGY=lock\+none is not allowed/],
    [
      ['herd', 'FAULT=redis-down+partition'],
      /redis-down needs STORE=single, and partition STORE=sentinel.*Type: make fault-redis-down/,
    ],
    [['herd', 'FAULT=slow-origin+partition', 'STORE=single'], /needs STORE=sentinel, not single/],
    [
      ['herd', 'FAULT=kill-holder+pause-holder', 'AT=granted'],
      /AT=granted says where one fault strikes.*Type: make fault-kill-holder\+pause-holder/,
    ],
    [['herd', 'FAULT=slow-origin+rolling-restart', 'REPLICAS=1'], /REPLICAS=1 leaves nobody/],
    [['herd', 'FAULT=partition', 'STORE=single'], /FAULT=partition needs STORE=sentinel, not single/],
    [['up', 'STORE=sentinel'], /STORE=sentinel needs links .*Type: make up/],
    [['herd', 'LEASE_BACKEND=zookeeper'], /LEASE_BACKEND=zookeeper .*redis, redlock/],
    [
      ['herd', 'STRATEGY=none', 'LEASE_BACKEND=redlock'],
      /takes no lease\. Allowed: lock, .*xfetch-lock.*\. Type: make herd STRATEGY=lock LEASE_BACKEND=redlock/,
    ],
    [['herd', 'LEASE_BACKEND=redlock', 'STORE=sentinel', 'WAIT=1'], /WAIT=1 is about grants in Redis/],
    [['herd', 'FAULT=redlock-amnesia', 'LEASE_BACKEND=redis'], /needs LEASE_BACKEND=redlock, not redis/],
    [
      ['herd', 'FAULT=lock-servers-down', 'LEASE_BACKEND=file'],
      /needs LEASE_BACKEND=memcached or postgres or mysql or redlock, not file\. Type: make herd FAULT=lock-servers-down LEASE_BACKEND=memcached$/m,
    ],
    [
      ['herd', 'ABLATE=leaseless-herd', 'LEASE_BACKEND=redis'],
      /ABLATE=leaseless-herd .*Allowed: LEASE_BACKEND=memcached/,
    ],
    [['herd', 'FAULT=redis-slow', 'STORE=sentinel'], /FAULT=redis-slow needs STORE=single, not sentinel/],
    [
      ['herd', 'STRATEGY=refresh-ahead', 'TTL=700ms'],
      /TTL=700ms is shorter than refresh-ahead's lead of 700ms \(REFRESH_INTERVAL \+ RECOMPUTE\).*TTL=2s/,
    ],
    [
      ['herd', 'STRATEGY=refresh-ahead', 'GRACE=1s'],
      /GRACE=1s is shorter than the 1.7s .*REFRESH_INTERVAL;.*GRACE=2s/,
    ],
    [['herd', 'STRATEGY=refresh-ahead', 'REFRESHERS=0'], /REFRESHERS=0 .*from 1 to 16/],
    [['herd', 'STRATEGY=lock', 'FAULT=kill-refresher'], /FAULT=kill-refresher needs STRATEGY=refresh-ahead/],
    [['herd', 'STRATEGY=hybrid', 'TTL=500ms'], /TTL=500ms is shorter than XFetch's lead of 1.06s/],
    [
      ['herd', 'STRATEGY=try-lock', 'GRACE=1s'],
      /GRACE=1s is shorter than the 1.2s .*Type: make herd STRATEGY=try-lock GRACE=2s/,
    ],
    [
      ['herd', 'PROXY=haproxy'],
      /PROXY=haproxy .*squid, nginx, nginx-lock, varnish.*Type: make herd PROXY=none/,
    ],
    [['herd', 'PROXY=squid', 'PROXIES=3'], /PROXIES=3 .*from 1 to 2/],
    [
      ['herd', 'STORE_REPLICAS=2'],
      /STORE_REPLICAS=2 has no effect.*Type: make herd STORE=sentinel STORE_REPLICAS=2/,
    ],
    [['herd', 'PROXIES=2'], /PROXIES=2 is about proxies.*Type: make herd PROXY=squid PROXIES=2/],
    [['herd', 'APP_HEADERS=no-store'], /APP_HEADERS=no-store is about proxies/],
    [['herd', 'PROXY_GRACE=2s'], /PROXY_GRACE=2s is about proxies/],
    [
      ['herd', 'PROXY=squid', 'STRATEGY=xfetch'],
      /Allowed: none, single-flight, lock\. Type: make herd PROXY=squid/,
    ],
    [['herd', 'PROXY=squid', 'FAULT=kill-holder'], /PROXY=squid is not for FAULT=kill-holder/],
    [['herd', 'PROXY=squid', 'ABLATE=no-fence'], /PROXY=squid hides what ABLATE=no-fence/],
    [['herd', 'PROXY=none', 'ABLATE=nothing-for-proxies'], /ABLATE=nothing-for-proxies is about proxies/],
    [['herd', 'PROXY=nginx', 'TTL=1500ms'], /whole seconds .*Type: make herd PROXY=nginx TTL=2s/],
    [['jitter', 'PROXY=nginx'], /make jitter does not take PROXY/],
    [['herd', 'PROXY=varnish', 'PROXY_GRACE=1500ms'], /whole seconds.*PROXY_GRACE=2s/],
    [['herd', 'PROXY=squid', 'PROXY_GRACE=2s'], /needs stale-while-revalidate.*PROXY=nginx, varnish/],
    [['herd', 'FAULT=redis-stall', 'STORE=sentinel'], /redis-stall needs STORE=single/],
    [
      ['faults', 'STRATEGY=none', 'LEASE_BACKEND=file'],
      /LEASE_BACKEND=file is not allowed with STRATEGY=none/,
    ],
    [
      ['herd', 'AT=committed'],
      /AT=committed says where a fault strikes.*Type: make fault-kill-holder AT=committed/,
    ],
    [['herd', 'FAULT=kill-holder', 'AT=after'], /AT=after .*granted, recomputing, committing, committed/],
    [['herd', 'FAULT=origin-down', 'AT=granted'], /origin-down has no points.*Type: make fault-origin-down/],
    [
      ['herd', 'FAULT=pause-holder-overlap', 'AT=committed'],
      /cannot strike at AT=committed\. Allowed: recomputing, committing\. Type: make fault-pause-holder-overlap AT=recomputing/,
    ],
    [
      ['herd', 'FAULT=kill-holder', 'AT=granted', 'LEASE_BACKEND=redlock'],
      /AT=granted needs a relay to Redis.*LEASE_BACKEND=redis/,
    ],
    [['herd', 'FAULT=kill-holder', 'AT=granted', 'STORE=sentinel'], /AT=granted needs a relay.*STORE=single/],
    [['herd', 'FAULT=kill-holder', 'AT=granted', 'STRATEGY=none'], /STRATEGY=none takes none/],
    [['compare', 'AT=granted'], /make compare does not take AT: its runs are healthy ones/],
    [['faults', 'AT=granted', 'STORE=sentinel'], /AT=granted needs a relay|needs STORE=single/],
    [['herd', 'INVALIDATE=often'], /INVALIDATE=often .*none, or a duration from 100ms/],
    [['herd', 'INVALIDATE=10ms'], /INVALIDATE=10ms .*Type: make herd INVALIDATE=none/],
    [
      ['herd', 'RECOMPUTE=300ms', 'INVALIDATE=500ms'],
      /INVALIDATE=500ms leaves too little time for a recompute of 300ms.*Type: make herd .*INVALIDATE=600ms/,
    ],
    [
      ['herd', 'PROXY=squid', 'INVALIDATE=500ms'],
      /INVALIDATE=500ms does not reach PROXY=squid.*Allowed: PROXY=none/,
    ],
    [['jitter', 'INVALIDATE=1s'], /make jitter does not take INVALIDATE: each key expires once/],
    [['up', 'INVALIDATE=1s'], /make up does not take INVALIDATE: it sends no load/],
    [['jitter', 'KEYS=1'], /KEYS=1 /],
    [['advise', 'STALE_OK=often'], /STALE_OK=often .*a duration from 0ms.*Type: make advise STALE_OK=2s/],
    [['advise', 'RATE=0'], /RATE=0 .*Type: make advise RATE=1000/],
    [['compare', 'STRATEGIES=lock,nun'], /STRATEGIES=lock,nun /],
    [['compare', 'TRIALS=1'], /TRIALS=1 /],
    [['herd', 'FAULT=rolling-restart', 'REPLICAS=1'], /REPLICAS=1 leaves nobody .*REPLICAS=2/],
    [['judge', 'RUN=nowhere'], /nowhere is not the folder of a run: there is no such folder/],
    [['boards-check', 'GRAFANA=localhost:3000'], /GRAFANA=localhost:3000 .*a URL that begins with http/],
    [['boards-check', 'GRAFANA=http://a:b@localhost'], /GRAFANA=\S+ .*no password.*Type: make boards-check/],
    [['boards-check', 'RANGE=1s'], /RANGE=1s .*a duration from 1m/],
    [['boards-check', 'STRATEGY=lock'], /make boards-check does not take STRATEGY/],
    [['report', 'RUN=nowhere'], /nowhere is not the folder of a run: there is no such folder/],
    [['report', 'STRATEGY=lock'], /STRATEGY/],
    [['replay', 'RUN=nowhere'], /nowhere is not the folder of a run: there is no such folder/],
    [
      ['replay', `RUN=${RECORDED}`, 'WITH=nowhere'],
      /: nowhere is not the folder of a run: there is no such folder/,
    ],
    [['judge', 'WITH=nowhere'], /WITH/],
    [['hurd'], /hurd is not a command/],
    [[], /nothing is not a command/],
  ];
  for (const [args, says] of cases) it(args.join(' ') || '(nothing)', () => refused(args, says));

  it('a value from the environment is held to the same', () =>
    refused(['herd'], /DOGPILE_TTL=never /, { ...process.env, DOGPILE_TTL: 'never' }));

  it('a value from make is held to the same', () =>
    refused(['herd'], /RATE=-1 /, {
      ...process.env,
      LAB_OVERRIDES: 'RATE STRATEGY',
      RATE: '-1',
      STRATEGY: 'lock',
    }));

  it('no Redis on the PATH', () =>
    refused(['herd'], /there is no redis-server or valkey-server.*Type: apt-get install/, {
      PATH: '/nowhere',
    }));

  it('no proxy on the machine', () =>
    assert.throws(
      () => requireProxy({ proxy: 'varnish' }, '/nowhere', '/nowhere'),
      /varnishd.*apt-get install varnish/,
    ));

  it('no browser for the pictures, before the first run', () =>
    refused(['pictures', 'CHROMIUM=no-such-browser'], /CHROMIUM=no-such-browser is no command here/));

  it('no Docker for RUNTIME=compose', () =>
    refused(['herd', 'RUNTIME=compose'], /there is no docker command\. .*RUNTIME=local/, {
      PATH: '/nowhere',
    }));

  describe('a port in use', () => {
    const squatter = createServer();
    before(async () => {
      squatter.listen(0, '127.0.0.1');
      await once(squatter, 'listening');
    });
    after(() => squatter.close());

    it('is named, and so is the range that was wanted', async () => {
      const { port } = squatter.address() as { port: number };
      const folder = labFolder();
      after(() => folder.remove());
      const { status, err } = await runLab(folder.path, ['herd', `PORT=${port - 2}`]);
      assert.equal(status, EX_USAGE);
      assert.match(
        err,
        new RegExp(`PORT=${port - 2} needs ports ${port - 2} to ${port + 3}, and \\d+ is in use`),
      );
      assert.deepEqual(processesIn(folder.path), []);
    });
  });
});
