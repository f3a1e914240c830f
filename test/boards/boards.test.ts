import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf } from '../../grafana/board.ts';
import { boards } from '../../grafana/boards/index.ts';
import { fileOf, JSON_FOLDER, jsonOf } from '../../grafana/build.ts';
import { DATA_SOURCE } from '../../grafana/data-source.ts';
import { asAsked, panelQueries } from '../../grafana/queries.ts';
import { fileNamed } from '../../prometheus/config.ts';
import { appMetrics } from '../../services/member/observe/metrics.ts';
import { originMetrics } from '../../services/origin/metrics.ts';
import { namesIn } from '../support/promql.ts';
import { promtool } from '../support/promtool.ts';

/** The expressions of the annotations. */
const marks = boards.flatMap((board) =>
  (dashboardOf(board).annotations?.list ?? []).map(
    ({ target }) => (target as unknown as { expr: string }).expr,
  ),
);
const rules = readFileSync(fileNamed('rules.yml'), 'utf8');

/** Every metric that is scraped or recorded, with its labels. */
function known(): Map<string, Set<string>> {
  const registries = [
    appMetrics({ strategy: 'lock', replica: 'app-1' }).registry,
    originMetrics([]).registry,
  ];
  const found = new Map<string, Set<string>>([['ALERTS', new Set(['alertname', 'alertstate', 'run'])]]);
  for (const [index, registry] of registries.entries()) {
    const everywhere = ['job', 'instance', 'run', ...(index === 0 ? ['strategy', 'replica'] : [])];
    for (const metric of registry.getMetricsAsArray()) {
      const {
        name,
        type,
        labelNames = [],
      } = metric as typeof metric & { labelNames?: string[]; type: unknown };
      const labels = [...everywhere, ...labelNames, ...(found.get(name) ?? [])];
      found.set(name, new Set(labels));
      if (String(type) !== 'histogram') continue;
      found.set(`${name}_bucket`, new Set([...labels, 'le']));
      for (const suffix of ['sum', 'count']) found.set(`${name}_${suffix}`, new Set(labels));
    }
  }
  // A recorded name begins with the labels it keeps.
  for (const [, name = '', level = ''] of rules.matchAll(/record: ((\w+):\S+)/g))
    found.set(name, new Set(level.split('_')));
  return found;
}

describe('the boards', () => {
  it('are committed as their code writes them (else: make dashboards)', () => {
    assert.deepEqual(readdirSync(JSON_FOLDER).sort(), boards.map(({ uid }) => `${uid}.json`).sort());
    for (const board of boards) assert.equal(readFileSync(fileOf(board), 'utf8'), jsonOf(board), board.title);
  });

  it('are classic dashboards that Grafana can place and draw', () => {
    const known = new Set<unknown>(Object.values(units));
    for (const board of boards) {
      const dashboard = dashboardOf(board);
      assert.ok(dashboard.schemaVersion >= 39, 'the schema of file provisioning');
      const panels = dashboard.panels ?? [];
      assert.deepEqual(
        panels.map(({ id }) => id),
        panels.map((_, index) => index + 1),
      );
      const taken = new Set<string>();
      for (const panel of panels) {
        assert.ok('targets' in panel && panel.gridPos, panel.title);
        const { x, y, w, h } = panel.gridPos;
        assert.ok(x + w <= 24, `${panel.title} is within the grid`);
        for (let column = x; column < x + w; column++) {
          for (let row = y; row < y + h; row++) {
            assert.ok(!taken.has(`${column},${row}`), `${panel.title} lies on another panel`);
            taken.add(`${column},${row}`);
          }
        }
        assert.ok((panel.description ?? '').length > 30, `${panel.title} says what to look for`);
        assert.ok(
          known.has(panel.fieldConfig?.defaults?.unit),
          `${panel.title} has a unit that Grafana knows`,
        );
        assert.ok(panel.fieldConfig?.defaults?.thresholds, `${panel.title} has thresholds`);
        assert.deepEqual(panel.datasource, DATA_SOURCE);
      }
    }
  });

  it('ask only what parses', () => {
    const folder = join(tmpdir(), `dogpile-boards-${process.pid}.yml`);
    const asked = [...panelQueries().map(({ expr }) => expr), ...marks].map((expr) =>
      asAsked(expr, { start: 0, end: 300 }),
    );
    assert.ok(asked.length > 40);
    const lines = asked.map(
      (expr, index) => `      - { record: 'query:${index}', expr: ${JSON.stringify(expr)} }`,
    );
    writeFileSync(folder, ['groups:', '  - name: boards', '    rules:', ...lines, ''].join('\n'));
    try {
      assert.match(promtool('check', 'rules', folder), new RegExp(`SUCCESS: ${asked.length} rules found`));
    } finally {
      rmSync(folder);
    }
  });

  it('name only metrics and labels that the services export or the rules record', () => {
    const metrics = known();
    const recorded = [...rules.matchAll(/expr: (?:\|\n)?((?:.|\n {10,})+)/g)].map(([, expr = '']) => expr);
    assert.ok(recorded.length >= 12);
    for (const expr of [...panelQueries().map(({ expr }) => expr), ...marks, ...recorded]) {
      const named = namesIn(expr);
      assert.ok(named.metrics.length > 0, expr);
      for (const metric of named.metrics) assert.ok(metrics.has(metric), `${metric} of ${expr}`);
      const labels = new Set(named.metrics.flatMap((metric) => [...(metrics.get(metric) ?? [])]));
      for (const label of named.labels) assert.ok(labels.has(label), `label ${label} of ${expr}`);
    }
  });

  it('call their series by labels that the series have', () => {
    const metrics = known();
    for (const { expr, legend, panel } of panelQueries()) {
      const labels = new Set(namesIn(expr).metrics.flatMap((metric) => [...(metrics.get(metric) ?? [])]));
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g))
        assert.ok(labels.has(label), `${panel}: ${legend}`);
    }
  });

  it('start every label set of the services at 0, so that a first rise shows', async () => {
    for (const registry of [
      appMetrics({ strategy: 'lock', replica: 'app-1' }).registry,
      originMetrics(['app-1']).registry,
    ]) {
      for (const { name, type, values } of await registry.getMetricsAsJSON()) {
        if (!name.startsWith('dogpile_') || String(type) === 'gauge') continue;
        assert.ok(values.length > 0, name);
        for (const { value } of values) assert.equal(value, 0, name);
      }
    }
  });
});
