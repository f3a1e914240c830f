import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Cycle } from '../../faults/support/evidence.ts';
import { asAsked, panelQueries, stepOf } from '../../grafana/queries.ts';
import { cyclesOf, recomputesIn } from '../../judge/cycles.ts';
import { commitsIn } from '../../judge/operations/operations.ts';
import { readRun } from '../../lab/run/recording/read-run.ts';
import { type Answers, prometheusAt, type Series, type TimeRange } from '../../prometheus/api.ts';
import { labFolder, processesIn, runLab } from '../support/lab.ts';

/** 60 requests miss before the first recompute ends. */
const HERD = ['REPLICAS=2', 'TTL=1500ms', 'RECOMPUTE=300ms', 'RATE=200', 'EXPIRIES=5'];
const A_SCRAPE_SECONDS = 1;
/** The panel that shows each expiry of `none` as a spike. */
const SPIKES = 'Origin recomputes a second, by replica';

/** The runs, one after the other. The fault of the second costs its claim nothing. */
const RUNS = { none: [], lock: ['FAULT=client-leaves'] };

describe('make boards over real herds', () => {
  const folder = labFolder();
  const inFolder = (path: string) => join(folder.path, path);
  let prometheus: Answers;
  let all: TimeRange;
  /** A moment of the last run, for what is asked of one moment. */
  let inARun: number;
  const runs = new Map<string, TimeRange>();
  const names = new Map<string, string>();
  const said = new Map<string, string>();
  const cycles = new Map<string, readonly Cycle[]>();

  before(async () => {
    const boards = await runLab(folder.path, ['boards']);
    assert.equal(boards.status, 0, boards.err);
    prometheus = prometheusAt(described().prometheus.url);
    const start = Date.now() / 1000;
    for (const [strategy, more] of Object.entries(RUNS)) {
      const run = await runLab(folder.path, ['herd', `STRATEGY=${strategy}`, ...HERD, ...more]);
      // Whether it kept its claim on a busy machine is other tests' business; here it only has to be whole.
      assert.ok(Number(run.status) <= 2, `${run.out}${run.err}`);
      said.set(strategy, run.out);
      names.set(strategy, basename(realpathSync(inFolder('results/latest'))));
      const began = await markOf(strategy, 'run', strategy);
      runs.set(strategy, { start: began, end: Date.now() / 1000 });
      const { ledger, events } = await readRun(inFolder('results/latest'));
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
    const [running] = await prometheus.over('run_strategy:dogpile_requests:rate3s{strategy="lock"}', all);
    inARun = running?.points.at(-2)?.[0] ?? assert.fail('no run seen');
  });

  after(async () => {
    await runLab(folder.path, ['boards-down']);
    assert.deepEqual(processesIn(folder.path), []);
    folder.remove();
  });

  const described = (): { prometheus: { url: string } } =>
    JSON.parse(readFileSync(inFolder('.lab/boards.json'), 'utf8'));

  /** When the lab did something to a run, by its mark, in seconds. */
  async function markOf(strategy: string, kind: string, name: string): Promise<number> {
    const expr = `dogpile_lab_mark_timestamp_seconds{${ofRun(strategy)}, kind="${kind}", name="${name}"}`;
    const now = Date.now() / 1000;
    const [series] = await prometheus.over(expr, { start: now - 600, end: now });
    return series?.points[0]?.[1] ?? assert.fail(`no mark ${expr}`);
  }

  const ofRun = (strategy: string) => `run="${names.get(strategy)}"`;

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

  it('hold every run with its marks after its end, the last one included', async () => {
    assert.deepEqual(readdirSync(inFolder('.lab/boards/targets')), []);
    for (const kind of ['fault injected', 'fault healed'])
      assert.ok((await markOf('lock', kind, 'client-leaves')) > during('lock').start, kind);
    assert.ok(during('lock').start > during('none').end);
  });

  it('have scraped every member of a run before its load begins', async () => {
    for (const [strategy, { start }] of runs) {
      const series = await prometheus.at(`max_over_time(up{${ofRun(strategy)}}[1m])`, start);
      assert.deepEqual(
        series.map(({ metric, points }) => [metric.job, points[0]?.[1]]).toSorted(),
        [
          ['app', 1],
          ['app', 1],
          ['origin', 1],
        ],
        strategy,
      );
    }
  });

  it('are linked to after each run, with its time range', async () => {
    for (const [strategy, { start }] of runs) {
      const [link = ''] = /^http:\/\/127\.0\.0\.1:\d+\/graph\?.+$/m.exec(said.get(strategy) ?? '') ?? [];
      const { origin, searchParams } = new URL(link);
      assert.equal(origin, described().prometheus.url);
      const end = Date.parse(`${searchParams.get('g0.end_input')}Z`.replace(' ', 'T')) / 1000;
      const seconds = Number.parseInt(searchParams.get('g0.range_input') ?? '', 10);
      assert.ok(start > end - seconds && start < end, `${start} is in ${link}`);
      const shown = await prometheus.over(searchParams.get('g0.expr') ?? '', { start: end - seconds, end });
      assert.ok(
        shown.some(({ metric }) => metric.run === names.get(strategy)),
        link,
      );
    }
  });

  it('stay where they are when they are asked for again, and make status says where', async () => {
    for (const command of ['boards', 'status']) {
      const { out } = await runLab(folder.path, [command]);
      assert.ok(out.includes(`up    prometheus  ${described().prometheus.url}\n`), out);
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
      const [boundaries] = await prometheus.over(
        `dogpile_origin_last_expiry_timestamp_seconds{${ofRun(strategy)}}`,
        range,
      );
      const [counts] = await prometheus.over(`dogpile_origin_expiry_recomputes{${ofRun(strategy)}}`, range);
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

  it('leave nothing behind when they are ended but what they have recorded', async () => {
    const { status } = await runLab(folder.path, ['boards-down']);
    assert.equal(status, 0);
    assert.deepEqual(processesIn(folder.path), []);
    assert.equal(existsSync(inFolder('.lab/boards.json')), false);
    assert.ok(readdirSync(inFolder('.lab/boards/data')).includes('wal'));
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
