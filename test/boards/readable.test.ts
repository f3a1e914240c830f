import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { JSON_FOLDER } from '../../grafana/build.ts';
import { strategies } from '../../strategies/index.ts';
import { namesIn } from '../support/promql.ts';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
}
interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: { readonly fixedColor?: string } }[];
}
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly description: string;
  readonly interval?: string;
  readonly datasource: unknown;
  readonly gridPos: { readonly y: number };
  // biome-ignore lint/suspicious/noExplicitAny: what a panel's options are depends on its type
  readonly options: any;
  readonly fieldConfig: {
    readonly defaults: { readonly unit: string; readonly mappings?: readonly { readonly options: States }[] };
    readonly overrides: readonly Override[];
  };
  readonly targets: readonly Target[];
}
type States = Readonly<Record<string, { readonly text: string; readonly color: string }>>;
interface Annotation {
  readonly name: string;
  readonly iconColor: string;
  readonly placement?: string;
  readonly datasource: unknown;
  readonly enable: boolean;
  readonly expr?: string;
  readonly target?: { readonly expr: string; readonly refId: string; readonly datasource: unknown };
}
interface Board {
  readonly title: string;
  readonly refresh: string;
  readonly timepicker: { readonly refresh_intervals: readonly string[] };
  readonly links: readonly { readonly placement?: string; readonly includeVars: boolean }[];
  readonly annotations: { readonly list: readonly Annotation[] };
  readonly templating: { readonly list?: readonly Readonly<Record<string, unknown>>[] };
  readonly panels: readonly Panel[];
}

/** The boards as Grafana reads them. */
const boards = readdirSync(JSON_FOLDER).map(
  (name): Board => JSON.parse(readFileSync(`${JSON_FOLDER}${name}`, 'utf8')),
);
const panels = boards.flatMap(({ title, panels }) =>
  panels.map((panel) => ({ ...panel, name: `${title}, ${panel.title}` })),
);
const targets = panels.flatMap((panel) => panel.targets.map((target) => ({ ...target, panel })));
const annotations = boards.flatMap(({ annotations }) => annotations.list);

/** The lab's default cycle: a TTL and a recompute. */
const CYCLE_SECONDS = 3.2;
const SOURCE = { type: 'prometheus', uid: '$datasource' };

describe('a board', () => {
  it('looks at windows that are shorter than a cycle, or as long as the step or the range', () => {
    for (const { expr, panel } of targets) {
      assert.doesNotMatch(expr, /\$__rate_interval/, panel.name);
      for (const [, window = ''] of expr.matchAll(/(?:rate|increase)\([^[]*\[(\$?\w+)\]/g))
        assert.ok(
          window === '$__range' || Number(/^(\d+)s$/.exec(window)?.[1]) < CYCLE_SECONDS,
          `${panel.name}: ${window}`,
        );
    }
  });

  it('never looks once per step at what may be a spike: it takes the highest of the step, or counts', () => {
    const charts = targets.filter(({ panel: { type } }) => /timeseries|heatmap|state-timeline/.test(type));
    assert.ok(charts.length > 30);
    for (const { expr, panel } of charts) {
      // A replica that stops answering is down for a minute, which no step of hours shows anyway.
      if (panel.title === 'Up') continue;
      if (panel.type === 'heatmap')
        assert.match(expr, /^sum_over_time\(\(.*\)\[\$__interval:1s\] offset 1ms\)$/, panel.name);
      else assert.match(expr, /^max_over_time\(\(.*\)\[\$__interval:\d+ms\]\)$/s, panel.name);
    }
  });

  it('asks as often as the lab scrapes, whatever the data source is set to', () => {
    for (const { interval, name } of panels) assert.equal(interval, '1s', name);
  });

  it('shows which line is which', () => {
    for (const { type, options, name } of panels)
      if (type === 'timeseries' || type === 'state-timeline')
        assert.equal(options.legend.showLegend, true, name);
    for (const { legendFormat, panel } of targets) assert.ok(legendFormat, panel.name);
  });

  it('calls members by their names, not by their addresses', () => {
    for (const { legendFormat, expr, panel } of targets) {
      assert.doesNotMatch(legendFormat, /instance|job/, panel.name);
      assert.doesNotMatch(expr, /by \([^)]*instance/, panel.name);
    }
  });

  it('draws a heatmap with a time axis of its own unit, and counts as cells', () => {
    const heatmaps = panels.filter(({ type }) => type === 'heatmap');
    assert.ok(heatmaps.length >= 7);
    for (const { options, fieldConfig, name } of heatmaps) {
      assert.equal(options.yAxis.unit, 's', name);
      assert.deepEqual(options.cellValues, { unit: 'short', decimals: 0 }, name);
      assert.equal(fieldConfig.defaults.unit, 'short', name);
      assert.equal(options.rowsFrame.layout, 'le', name);
    }
  });

  it('has its links and switches in sight, and its links keep what the reader chose', () => {
    for (const { links, title } of boards) {
      assert.ok(links.length > 0, title);
      for (const link of links)
        assert.deepEqual([link.placement, link.includeVars], [undefined, true], title);
    }
    assert.ok(annotations.length > 0);
    for (const { placement, enable, name } of annotations)
      assert.deepEqual([placement, enable], [undefined, true], name);
  });

  it('has annotations in their current form: a target, and nothing of the form before', () => {
    for (const { target, expr, datasource, name } of annotations) {
      assert.ok(target?.expr, name);
      assert.equal(expr, undefined, name);
      assert.equal(target.refId, 'Anno', name);
      assert.deepEqual([target.datasource, datasource], [SOURCE, SOURCE], name);
    }
  });

  it('marks each TTL boundary over minutes, and only runs and faults over hours', () => {
    for (const { target, name } of annotations) {
      const expr = target?.expr ?? '';
      if (name === 'TTL boundaries') {
        const [, most] = /and on \(\) vector\(\$__range_s\) <= (\d+)$/.exec(expr) ?? [];
        // The default range has them; an hour would have a thousand.
        assert.ok(Number(most) >= 300 && Number(most) < 3600, expr);
      } else assert.match(expr, /^max_over_time\(.*\[\$__interval\]\)/, name);
    }
  });

  it('refreshes every 5 s, and no faster', () => {
    for (const { refresh, timepicker, title } of boards) {
      assert.equal(refresh, '5s', title);
      assert.equal(timepicker.refresh_intervals[0], '5s', title);
    }
  });

  it('can be imported anywhere: its data source is a variable, and so are its strategies and runs', () => {
    for (const { templating, title } of boards) {
      const [source, ...filters] = templating.list ?? [];
      assert.deepEqual(
        [source?.name, source?.type, source?.query],
        ['datasource', 'datasource', 'prometheus'],
        title,
      );
      assert.deepEqual(
        filters.map(({ name, type, multi, includeAll, allValue, datasource }) => [
          ...[name, type, multi, includeAll, allValue, datasource],
        ]),
        ['strategy', 'run'].map((name) => [name, 'query', true, true, '.*', SOURCE]),
        title,
      );
    }
    for (const { datasource, name } of panels) assert.deepEqual(datasource, SOURCE, name);
    for (const board of boards)
      assert.doesNotMatch(JSON.stringify(board.panels), /"uid":"(?!\$datasource)/, board.title);
  });

  it('describes its panels without the name of a strategy, so that the text is true for each', () => {
    const names = strategies.map(({ name }) => name).filter((name) => !/^(none|lock)$/.test(name));
    for (const { description, name } of panels)
      assert.doesNotMatch(description, new RegExp(`\\b(${names.join('|')})\\b|\`(none|lock)\``), name);
  });

  it('shows the chosen strategies and runs only, in every query that can tell', () => {
    for (const { expr, panel } of targets) {
      const { metrics } = namesIn(expr);
      assert.match(expr, /run=~"\$run"|by \(run\)/, panel.name);
      if (metrics.every((metric) => metric.startsWith('dogpile_origin_') || metric === 'ALERTS')) continue;
      assert.match(expr, /strategy=~"\$strategy"/, panel.name);
    }
  });

  it('says in its first row what runs, on how many replicas, how fast, what the last expiry took and which alerts fire', () => {
    for (const { panels, title } of boards) {
      const first = panels.filter(({ gridPos }) => gridPos.y === 0);
      assert.deepEqual(
        first.map(({ title, type }) => [title, type]),
        ['Strategy', 'Replicas', 'Rate', 'Last expiry, against its claim', 'Alerts firing'].map((name) => [
          name,
          'stat',
        ]),
        title,
      );
      // What ended before the end of the range must not be shown as if it held.
      for (const { targets } of first)
        for (const { instant, expr } of targets) assert.equal(instant, true, expr);
    }
  });
});

/** Each name that a board colours, with its colour. */
const paints = panels.flatMap(({ fieldConfig, name }) => [
  ...fieldConfig.overrides.flatMap(({ matcher, properties }) =>
    properties.flatMap(({ id, value }) =>
      matcher.id === 'byName' && id === 'color'
        ? [{ what: matcher.options, color: value.fixedColor ?? '', name }]
        : [],
    ),
  ),
  ...(fieldConfig.defaults.mappings ?? []).flatMap(({ options }) =>
    Object.values(options).map(({ text, color }) => ({ what: text, color, name })),
  ),
]);

describe('a colour', () => {
  it('means the same on every board', () => {
    const colors = new Map<string, string>();
    for (const { what, color, name } of paints)
      assert.equal(color, colors.get(what) ?? color, `${what} in ${name}`);
    for (const { what, color } of paints) {
      assert.equal(colors.get(what) ?? color, color, what);
      colors.set(what, color);
    }
    for (const [what, color] of Object.entries({ hit: 'green', stale: 'yellow', error: 'red' }))
      assert.equal(colors.get(what), color, what);
    for (const { title, options, type } of panels) {
      const [, outcome] = /^Latency, (\w+)$/.exec(title) ?? [];
      if (outcome && type === 'heatmap')
        assert.deepEqual([options.color.mode, options.color.fill], ['opacity', colors.get(outcome)], title);
    }
  });

  it('is red for what went wrong, and for nothing else', () => {
    const wrong = ['error', 'renewal lost', 'recompute aborted', 'down', 'degraded'];
    assert.deepEqual(
      [...new Set(paints.filter(({ color }) => /red/.test(color)).map(({ what }) => what))].toSorted(),
      wrong.toSorted(),
    );
    for (const { name, iconColor } of annotations)
      assert.equal(iconColor === 'red', name === 'faults injected', name);
  });

  it('is fixed for every outcome, for the first replicas and for every strategy', () => {
    const named = new Set(paints.map(({ what }) => what));
    for (const name of [...strategies.map(({ name }) => name), 'app-1', 'app-4', 'refresher-1'])
      assert.ok(named.has(name), name);
    const outcomes = panels.find(({ title }) => title === 'Request outcomes');
    assert.deepEqual(
      outcomes?.fieldConfig.overrides.map(({ matcher }) => matcher.options),
      ['hit', 'early', 'stale', 'waited', 'recomputed', 'error'],
    );
  });
});
