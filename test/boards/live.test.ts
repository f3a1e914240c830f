import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freeRow } from '../../cluster/ports.ts';
import type { Cycle } from '../../faults/support/evidence.ts';
import { asAsked, panelQueries, stepOf } from '../../grafana/queries.ts';
import { cyclesOf, recomputesIn } from '../../judge/cycles.ts';
import { commitsIn } from '../../judge/operations/operations.ts';
import { readRun } from '../../lab/run/recording/read-run.ts';
import { type Prometheus, type Series, startPrometheus, type TimeRange } from '../../prometheus/server.ts';
import { labFolder, processesIn, runLab } from '../support/lab.ts';

const REPLICAS = 2;
/** 60 requests miss before the first recompute ends. */
const HERD = [`REPLICAS=${REPLICAS}`, 'TTL=1500ms', 'RECOMPUTE=300ms', 'RATE=200', 'EXPIRIES=5'];
const A_SCRAPE_SECONDS = 1;
/** The panel that shows each expiry of `none` as a spike. */
const SPIKES = 'Origin recomputes a second, by replica';

describe('the boards over real herds', () => {
  const folder = labFolder();
  let prometheus: Prometheus;
  let all: TimeRange;
  /** A moment of the last run, for what is asked of one moment. */
  let inARun: number;
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
    const [running] = await prometheus.over('strategy:dogpile_requests:rate3s{strategy="lock"}', all);
    inARun = running?.points.at(-2)?.[0] ?? assert.fail('no run seen');
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

  it('find data for every query of every panel, and call each line by a name that has a colour', async () => {
    for (const query of panelQueries()) {
      const { board, panel, type, expr, instant, legend, colors } = query;
      const asked = asAsked(expr, all);
      const series = await (instant ? prometheus.at(asked, inARun) : prometheus.over(asked, all));
      const numbers = series.flatMap(({ points }) => points).filter(([, value]) => Number.isFinite(value));
      assert.ok(numbers.length > 0, `${board}, ${panel}: ${asked}`);
      if (type !== 'timeseries' || colors.bound) continue;
      for (const { metric } of series) {
        const name = legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
        assert.ok(colors.names.includes(name), `${board}, ${panel}: ${name}`);
      }
    }
  });

  it('show by name which replicas answer, and that they are down once a run has ended', async () => {
    const states = new Map(
      (await ask('Up', all)).map(({ metric, points }) => [
        metric.replica,
        [...new Set(points.map(([, value]) => value))].toSorted(),
      ]),
    );
    for (const replica of ['app-1', 'app-2']) assert.deepEqual(states.get(replica), [0, 1], replica);
  });

  it('show the same spikes and counts at the steps of 5 minutes, 1 hour and 6 hours', async () => {
    // A multiple of all steps, so that they end together.
    const end = Math.ceil(all.end / 60) * 60;
    const ranges = [300, 3600, 6 * 3600].map((seconds) => ({ start: end - seconds, end }));
    assert.deepEqual(ranges.map(stepOf), [1, 5, 20]);
    for (const { board, panel, type, expr } of panelQueries()) {
      // A bar is one value for the range; a band of Up says nothing of spikes.
      if (!/timeseries|heatmap|state-timeline/.test(type) || panel === 'Up') continue;
      const charts = [];
      for (const range of ranges)
        charts.push(await prometheus.over(asAsked(expr, range), range, stepOf(range)));
      const [minutes, ...hours] = charts.map((series) => heights(series, type === 'heatmap'));
      for (const chart of hours) assert.deepEqual(chart, minutes, `${board}, ${panel}`);
      if (panel === SPIKES) assert.ok([...(minutes?.values() ?? [])].every((height) => height >= 10));
    }
  });

  it('show the spike of none at its TTL boundaries, and nowhere else', async () => {
    const range = during('none');
    const perSecond = summed(await ask(SPIKES, range));
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
    const perSecond = summed(await ask(SPIKES, range));
    const highest = Math.max(...[...perSecond.values()]);
    assert.ok(highest > 0.5 && highest < 3, `${highest} a second at most`);
    const perExpiry = await ask('Recomputes per expiry', range);
    // The first step reaches back to the end of the run before.
    const lock =
      perExpiry.find(({ metric }) => metric.strategy === 'lock') ?? assert.fail('no line for lock');
    assert.equal(Math.max(...lock.points.map(([, value]) => value)), 1);
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

/** The highest value of each series; of a heatmap, the sum of each bucket. */
const heights = (series: readonly Series[], summed: boolean) =>
  new Map(
    series.map(({ metric, points }) => {
      const values = points.map(([, value]) => value).filter(Number.isFinite);
      const height = summed ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
      return [JSON.stringify(metric), height];
    }),
  );

/** The sum of all series at each moment. */
function summed(series: readonly Series[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { points } of series) {
    for (const [seconds, value] of points) sums.set(seconds, (sums.get(seconds) ?? 0) + value);
  }
  return sums;
}
