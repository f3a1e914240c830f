import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { dashboardOf, mayBeEmpty } from '../../grafana/board.ts';
import { boards } from '../../grafana/boards/index.ts';
import { EX_INTERRUPTED } from '../../lab/interruption.ts';
import { EX_USAGE } from '../../services/shared/config.ts';
import { whyNoChromium } from '../support/chromium.ts';
import { grafanaPages, type Spoiled } from '../support/grafana-pages.ts';
import { eventually, labFolder, processesIn, runLab, startLab } from '../support/lab.ts';
import { within } from '../support/within.ts';

const SPOILED: Spoiled = {
  herd: {
    Strategy: { as: 'value', text: 'nothing runs' },
    'Request outcomes': { as: 'error', text: 'bad_data: 1:7: parse error' },
    'Latency, hit': { as: 'message', text: 'Data is missing a number field' },
  },
  lease: {
    'Held for': { as: 'message', text: 'No data' },
    'Wake-up lag': { as: 'crash', text: 'An unexpected error happened' },
    // This one may be empty.
    'Newest fence, by replica': { as: 'message', text: 'No data' },
  },
  fleet: { Memory: { as: 'missing' }, Up: { as: 'loading' } },
  strategies: { 'Worst expiry': { as: 'value', text: 'No data' } },
};

const FINDINGS = [
  'The herd, Strategy: no data: nothing runs',
  'The herd, Request outcomes: error: bad_data: 1:7: parse error',
  'The herd, Latency, hit: error: Data is missing a number field',
  'The lease, Held for: no data: No data',
  'The lease, Wake-up lag: error: An unexpected error happened',
  'The fleet, Memory: it did not appear',
  'The fleet, Up: still loading',
  'Strategies, Worst expiry: no data: No data',
];

const without = { skip: whyNoChromium() };

/** Runs the check on pages that a local server renders, and gives the files that it leaves. */
async function check(version: string | undefined, page: Spoiled | 'login', ...words: readonly string[]) {
  const folder = labFolder();
  const grafana = await grafanaPages(version, page);
  try {
    const run = await runLab(folder.path, ['boards-check', `GRAFANA=${grafana.address}`, ...words]);
    assert.deepEqual(processesIn(folder.path), []);
    const shots = /^screenshots: (.*)$/m.exec(run.out)?.[1];
    const files = shots === undefined ? [] : readdirSync(join(folder.path, shots));
    const sizes = files.map((file) => statSync(join(folder.path, `${shots}`, file)).size);
    return { ...run, files, sizes };
  } finally {
    await grafana.close();
    folder.remove();
  }
}

// Each mostly waits for its pages.
describe('make boards-check, in a real browser', { ...without, concurrency: 3 }, () => {
  it('waits for panels that load when they are in sight, passes, and keeps a screenshot of each board', async () => {
    const slow: Spoiled = { fleet: { Memory: { as: 'data', afterMs: 4000 } } };
    const { status, out, err, files, sizes } = await check('13.2.3', slow, 'WITHIN=60s');
    assert.equal(status, 0, `${out}${err}`);
    assert.match(out, /Grafana 13\.2\.3.*\n {2}ok {4}The herd: \d+ panels\n[\s\S]*\nverdict: pass\n$/);
    assert.deepEqual(files.toSorted(), boards.map(({ uid }) => `${uid}.png`).toSorted());
    for (const size of sizes) assert.ok(size > 1000, `${sizes}`);
  });

  it('names each panel that shows an error or no data, has not loaded, or is not there', async () => {
    // Long enough for the good panels on a busy machine. The bad ones take all of it.
    const { status, out, err } = await check('12.3.0', SPOILED, 'WITHIN=12s');
    assert.equal(status, 1, `${out}${err}`);
    const findings = [...out.matchAll(/^ {2}FAIL {2}(.*)$/gm)].map(([, finding]) => finding);
    assert.deepEqual(findings, FINDINGS);
    assert.match(out, /verdict: fail \(8 findings\)\n$/);
  });

  it('stops at a login page', async () => {
    const { status, err } = await check(undefined, 'login');
    assert.equal(status, EX_USAGE);
    assert.match(err, /^dogpile-lab: the Grafana at \S+ asks for a login\. Allowed: .*Type: .*\n$/);
  });
});

describe('make boards-check, interrupted', without, () => {
  const folder = labFolder();
  after(() => folder.remove());

  it('leaves nothing behind', async () => {
    const grafana = await grafanaPages('13.2.3', SPOILED);
    try {
      const run = startLab(folder.path, ['boards-check', `GRAFANA=${grafana.address}`, 'WITHIN=10m']);
      await within(60_000, 'the browser opens a board', grafana.asked);
      run.child.kill('SIGINT');
      assert.equal(await run.ended, EX_INTERRUPTED);
      await eventually('the browser ends', () => processesIn(folder.path).length === 0, 10_000);
    } finally {
      await grafana.close();
    }
  });
});

describe('make boards-check', () => {
  const folder = labFolder();
  after(() => folder.remove());

  it('refuses an address where no Grafana answers, and starts no browser', async () => {
    const { address, close } = await grafanaPages('13.2.3', {});
    const elsewhere = await runLab(folder.path, ['boards-check', `GRAFANA=${address}/elsewhere`]);
    await close();
    const nobody = await runLab(folder.path, ['boards-check', `GRAFANA=${address}`]);
    assert.deepEqual([elsewhere.status, nobody.status], [EX_USAGE, EX_USAGE]);
    assert.match(elsewhere.err, /^dogpile-lab: there is no Grafana at GRAFANA=\S+\. Allowed: .*Type: .*\n$/);
    assert.match(nobody.err, /^dogpile-lab: nothing answers at GRAFANA=\S+ \(.+\)\. Allowed: .*Type: .*\n$/);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('refuses a browser that is not there', async () => {
    const { address, close } = await grafanaPages('13.2.3', {});
    const { status, err } = await runLab(folder.path, [
      'boards-check',
      `GRAFANA=${address}`,
      'CHROMIUM=no-such-browser',
    ]);
    await close();
    assert.equal(status, EX_USAGE);
    assert.match(err, /CHROMIUM=no-such-browser is no command here\. .*Type: make boards-check/);
  });
});

describe('the panels of a board', () => {
  it('have titles of their own, by which the check finds them', () => {
    for (const board of boards) {
      const titles = (dashboardOf(board).panels ?? []).map(({ title }) => title);
      assert.equal(new Set(titles).size, titles.length, board.title);
    }
  });

  it('say which of them may be empty while everything is well', () => {
    const empty = boards.map((board) => [board.uid, [...mayBeEmpty(board)]]);
    assert.deepEqual(empty, [
      ['herd', ['Alerts firing']],
      ['lease', ['Alerts firing', 'Newest fence, by replica']],
      ['fleet', ['Alerts firing']],
      ['strategies', ['Alerts firing']],
    ]);
  });
});
