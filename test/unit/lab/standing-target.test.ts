import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { faults } from '../../../faults/index.ts';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom, valuesOf } from '../../../lab/parameters/values.ts';
import { News } from '../../../lab/standing/news.ts';
import { refuseUnfitCluster, refuseUnfitTarget } from '../../../lab/standing/unfit-target.ts';
import { untilRecompute } from '../../../lab/standing/until-recompute.ts';
import { openJournal } from '../../../record/files/journal.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';

/** Refuses what was typed for a herd, or not. */
function target(...typed: string[]): void {
  const line = readCommandLine(['herd', 'TARGET=up', ...typed]);
  assert.ok('texts' in line);
  refuseUnfitTarget(line.texts, valuesOf({ ...line, environment: new Map() }));
}

const clusterOf = (...typed: string[]) => ({ settings: settingsFrom(valuesFrom('up', typed)) });

describe('TARGET=up', () => {
  const cases: readonly (readonly [typed: string, says: RegExp])[] = [
    ['FAULT=none', /FAULT=none breaks nothing\..*Type: make fault-kill-holder TARGET=up/],
    ['FAULT=redis-down TTL=5s', /TTL=5s does not go with TARGET=up: the cluster of make up has its own/],
    ['FAULT=redis-down STRATEGY=none', /Allowed: TARGET, FAULT, AT\. Type: make fault-redis-down TARGET=up$/],
    ['FAULT=redis-down RATE=50', /RATE=50 does not go/],
    ['FAULT=redis-down REPEAT=2', /nothing is judged there/],
    ['FAULT=kill-holder AT=committed', /AT=committed needs a relay.*Allowed: AT=recomputing/],
    ['FAULT=redis-slow', /FAULT=redis-slow does not go.*needs a relay.*Type: make fault-redis-slow$/],
    ['FAULT=client-leaves', /client-leaves does not go.*Allowed: TARGET=none/],
    ['FAULT=kill-holder+scale-out', /FAULT=scale-out does not go/],
    ['FAULT=partition', /FAULT=partition does not go/],
  ];
  for (const [typed, says] of cases)
    it(`refuses ${typed} in one line`, () => {
      const refused = (error: unknown) =>
        error instanceof UsageError && says.test(error.message) && !error.message.includes('\n');
      assert.throws(() => target(...typed.split(' ')), refused);
    });

  it('takes a fault, two, or one at the point that needs no relay', () => {
    for (const typed of [
      'FAULT=redis-down',
      'FAULT=kill-holder+slow-origin',
      'FAULT=kill-holder AT=recomputing',
    ])
      target(...typed.split(' '));
  });

  it('refuses a fault that finds nothing to break in the cluster that is up', () => {
    refuseUnfitCluster(clusterOf('STRATEGY=refresh-ahead'), 'kill-refresher');
    refuseUnfitCluster(clusterOf('REPLICAS=2'), 'rolling-restart');
    assert.throws(
      () => refuseUnfitCluster(clusterOf(), 'kill-refresher'),
      /needs STRATEGY=refresh-ahead, and the cluster that is up has STRATEGY=lock\. Type: make down, then make up STRATEGY=refresh-ahead$/,
    );
    assert.throws(() => refuseUnfitCluster(clusterOf('REPLICAS=1'), 'rolling-restart'), /needs REPLICAS=2/);
    assert.throws(() => refuseUnfitCluster(clusterOf(), 'lock-servers-down'), /LEASE_BACKEND=memcached or/);
  });

  it('is refused for each fault whose strike needs what only a run has', () => {
    for (const { name, onlyInRuns } of faults) {
      const strike = readFileSync(new URL(`../../../faults/${name}/strike.ts`, import.meta.url), 'utf8');
      assert.equal(onlyInRuns !== undefined, /cluster\.(cut|add)\(|\bhangUp\(/.test(strike), name);
    }
  });
});

describe('what a standing cluster records from now on', () => {
  const inFolder = async (use: (folder: string) => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), 'dogpile-news-'));
    await use(folder).finally(() => rmSync(folder, { recursive: true }));
  };

  it('has no recompute of an earlier day, and the lab says what to type', () =>
    inFolder(async (folder) => {
      const files = { ledger: join(folder, 'ledger.jsonl'), events: join(folder, 'events') };
      const ledger = openJournal(files.ledger);
      const begin = { event: 'begin', key: 'hot' };
      ledger.append(begin);
      const news = new News(files);
      const { settings } = clusterOf();
      await assert.rejects(
        untilRecompute(news, settings, { withinMs: 0 }),
        /^Error: no recompute of hot within 0 s.*Type: make load, in another terminal$/,
      );
      ledger.append({ ...begin, key: 'cold' });
      await assert.rejects(untilRecompute(news, settings, { withinMs: 0 }), /no recompute/);
      ledger.append(begin);
      await untilRecompute(news, settings, { withinMs: 0 });
      ledger.close();
    }));

  it('has all events of a member that comes later, in their order', () =>
    inFolder(async (folder) => {
      const journalOf = (name: string) => openJournal(join(folder, `${name}.jsonl`));
      const first = journalOf('app-1');
      first.append({ at: 1 });
      const news = new News({ ledger: join(folder, 'none'), events: folder });
      const second = journalOf('app-2');
      second.append({ at: 3 });
      first.append({ at: 2 });
      news.refresh();
      assert.deepEqual(news.events, [{ at: 2 }, { at: 3 }]);
      for (const journal of [first, second]) journal.close();
    }));
});
