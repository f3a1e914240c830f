import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freeRow } from '../../cluster/ports.ts';
import type { Cycle } from '../../faults/support/evidence.ts';
import { asAsked, panelQueries } from '../../grafana/queries.ts';
import { cyclesOf, recomputesIn } from '../../judge/cycles.ts';
import { commitsIn } from '../../judge/operations/operations.ts';
import { readRun } from '../../lab/run/recording/read-run.ts';
import { type Prometheus, type Series, startPrometheus, type TimeRange } from '../../prometheus/server.ts';
import { labFolder, processesIn, runLab } from '../support/lab.ts';

const REPLICAS = 2;
/** 60 requests miss before the first recompute ends. */
const HERD = [`REPLICAS=${REPLICAS}`, 'TTL=1500ms', 'RECOMPUTE=300ms', 'RATE=200', 'EXPIRIES=5'];
const A_SCRAPE_SECONDS = 1;

describe('the boards over real herds', () => {
  const folder = labFolder();
  let prometheus: Prometheus;
  let all: TimeRange;
  const runs = new Map<string, TimeRange>();
  const cycles = new Map<string, readonly Cycle[]>();

  before(async () => {
    // The lab takes them in this order: the replicas, Redis, the origin.
    const port = await freeRow(REPLICAS + 2);
    const addressOf = (port: number) => `127.0.0.1:${port}`;
    prometheus = await startPrometheus(join(folder.path, 'prometheus'), {
      app: Array.from({ length: REPLICAS }, (_, index) => addressOf(port + index)),
      origin: [addressOf(port + REPLICAS + 1)],
    });
    const start = Date.now() / 1000;
    for (const strategy of ['none', 'lock']) {
      const run = await runLab(folder.path, ['herd', `STRATEGY=${strategy}`, ...HERD, `PORT=${port}`]);
      // Whether it kept its claim on a busy machine is other tests' business; here it only has to be whole.
      assert.ok(Number(run.status) <= 2, `${run.out}${run.err}`);
      const began = await markOf(strategy, start);
      runs.set(strategy, { start: began, end: Date.now() / 1000 });
      const { ledger, events } = await readRun(join(folder.path, 'results/latest'));
      cycles.set(
        strategy,
        cyclesOf({
          recomputes: recomputesIn(ledger, 'hot'),
          commits: commitsIn(events, 'hot'),
          invalidations: [],
        }),
      );
    }
    all = { start, end: Date.now() / 1000 };
  });

  after(async () => {
    await prometheus?.stop();
    assert.deepEqual(processesIn(folder.path), []);
    folder.remove();
  });

  /** When the run began by the lab's mark, in seconds. */
  async function markOf(strategy: string, since: number): Promise<number> {
    const expr = `dogpile_lab_mark_timestamp_seconds{kind="run", name="${strategy}"}`;
    const [series] = await prometheus.over(expr, { start: since, end: Date.now() / 1000 });
    assert.ok(series, `a mark of the run of ${strategy}`);
    return series.points[0]?.[1] ?? 0;
  }

  const during = (strategy: string): TimeRange => runs.get(strategy) ?? assert.fail(strategy);

  const ask = (panel: string, range: TimeRange): Promise<Series[]> => {
    const query = panelQueries().find(({ panel: title }) => title === panel) ?? assert.fail(panel);
    return prometheus.over(asAsked(query.expr, range), range);
  };

  it('find data for every query of every panel', async () => {
    for (const { board, panel, type, expr } of panelQueries()) {
      const asked = asAsked(expr, all);
      const series = await (type === 'bargauge'
        ? prometheus.at(asked, all.end)
        : prometheus.over(asked, all));
      const numbers = series.flatMap(({ points }) => points).filter(([, value]) => Number.isFinite(value));
      assert.ok(numbers.length > 0, `${board}, ${panel}: ${asked}`);
    }
  });

  it('show the spike of none at its TTL boundaries, and nowhere else', async () => {
    const range = during('none');
    const perSecond = summed(await ask('Origin recomputes a second, by replica', range));
    const spikes = [...perSecond].filter(([, value]) => value >= 20).map(([seconds]) => seconds);
    const boundaries = await boundariesIn(range);
    assert.ok(boundaries.length >= 5, `${boundaries.length} boundaries`);
    // The cold fill may come before the first scrape, and what a counter shows there is no rise.
    for (const boundary of boundaries.slice(1, 5)) {
      assert.ok(
        spikes.some((seconds) => seconds > boundary && seconds <= boundary + 3 * A_SCRAPE_SECONDS),
        `a spike after ${boundary}: ${spikes}`,
      );
    }
    for (const seconds of spikes)
      assert.ok(
        boundaries.some((boundary) => seconds > boundary && seconds <= boundary + 4 * A_SCRAPE_SECONDS),
        `a boundary before ${seconds}`,
      );
  });

  it('show no spike for lock: one recompute an expiry', async () => {
    const range = during('lock');
    const perSecond = summed(await ask('Origin recomputes a second, by replica', range));
    const highest = Math.max(...[...perSecond.values()]);
    assert.ok(highest > 0.5 && highest < 3, `${highest} a second at most`);
    const perExpiry = await ask('Recomputes per expiry', range);
    assert.deepEqual(
      perExpiry.map(({ metric, points }) => [metric.strategy, Math.max(...points.map(([, value]) => value))]),
      [['lock', 1]],
    );
  });

  for (const strategy of ['none', 'lock']) {
    it(`count the recomputes of each expiry of ${strategy} as the judge does`, async () => {
      const range = during(strategy);
      const [boundaries] = await prometheus.over('dogpile_origin_last_expiry_timestamp_seconds', range);
      const [counts] = await prometheus.over('dogpile_origin_expiry_recomputes', range);
      const charted = new Map<number, number>();
      for (const [index, [, boundary]] of (boundaries?.points ?? []).entries())
        charted.set(boundary, Math.max(charted.get(boundary) ?? 0, counts?.points[index]?.[1] ?? 0));
      // The cold fill may come before the first scrape, and the last one may have been cut short by the end.
      const judged = (cycles.get(strategy) ?? []).slice(1, -1);
      assert.ok(judged.length >= 4);
      assert.deepEqual(
        judged.map(({ beganStoreMs, filledStoreMs = 0 }) =>
          // Who asks first need not have looked first.
          [...charted].flatMap(([boundary, count]) =>
            boundary >= beganStoreMs / 1000 && boundary <= filledStoreMs / 1000 ? [count] : [],
          ),
        ),
        judged.map(({ recomputes }) => [recomputes.length]),
      );
    });
  }

  it('fire the alert under none, and not under lock', async () => {
    const alerts = await prometheus.over('ALERTS{alertname="DogpileUnderWay"}', all);
    assert.deepEqual([...new Set(alerts.map(({ metric }) => metric.strategy))], ['none']);
  });

  it('put the strategies side by side', async () => {
    const query = panelQueries().find(({ panel }) => panel === 'Worst expiry, in claims') ?? assert.fail();
    const bars = new Map(
      (await prometheus.at(asAsked(query.expr, all), all.end)).map(({ metric, points }) => [
        metric.strategy,
        points[0]?.[1] ?? 0,
      ]),
    );
    assert.equal(bars.get('lock'), 1);
    assert.ok((bars.get('none') ?? 0) > 10);
  });

  async function boundariesIn(range: TimeRange): Promise<number[]> {
    const [series] = await prometheus.over('dogpile_origin_last_expiry_timestamp_seconds', range);
    return [...new Set(series?.points.map(([, value]) => value))].filter((seconds) => seconds > range.start);
  }
});

/** The sum of all series at each moment. */
function summed(series: readonly Series[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { points } of series) {
    for (const [seconds, value] of points) sums.set(seconds, (sums.get(seconds) ?? 0) + value);
  }
  return sums;
}
