import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboardOf } from '../../../grafana/board.ts';
import { boards } from '../../../grafana/boards/index.ts';
import { linkTo } from '../../../lab/boards/link.ts';

const PROMETHEUS = { url: 'http://127.0.0.1:9090' };
const GRAFANA = { url: 'http://127.0.0.1:3000' };
const TIME = { fromMs: 1_700_000_000_000, toMs: 1_700_000_060_500 };

test('a link leads to a board that there is, and sets variables that it has', () => {
  for (const board of ['herd', 'strategies'] as const) {
    const link = new URL(linkTo({ prometheus: PROMETHEUS, grafana: GRAFANA }, { board, ...TIME }));
    const dashboards = boards.map(dashboardOf);
    const dashboard = dashboards.find(({ uid }) => link.pathname === `/d/${uid}`) ?? assert.fail(`${link}`);
    assert.deepEqual(Object.fromEntries([...link.searchParams].slice(0, 2)), {
      from: '1700000000000',
      to: '1700000060500',
    });
    const variables = dashboard.templating.list?.map(({ name }) => `var-${name}`);
    for (const name of [...link.searchParams.keys()].slice(2)) assert.ok(variables?.includes(name), name);
  }
});

test('a link to one run selects it and its strategy', () => {
  const view = { board: 'herd', strategy: 'lock', run: '20260101-120000-lock', ...TIME } as const;
  const { searchParams } = new URL(linkTo({ prometheus: PROMETHEUS, grafana: GRAFANA }, view));
  assert.deepEqual(
    [searchParams.get('var-strategy'), searchParams.get('var-run')],
    [view.strategy, view.run],
  );
});

test('without Grafana a link asks Prometheus itself, for the whole time', () => {
  const { origin, searchParams } = new URL(linkTo({ prometheus: PROMETHEUS }, { board: 'herd', ...TIME }));
  assert.equal(origin, PROMETHEUS.url);
  assert.deepEqual(
    [searchParams.get('g0.range_input'), searchParams.get('g0.end_input')],
    ['61s', '2023-11-14 22:14:20'],
  );
});
