import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Browser, Page } from 'playwright-core';
import { UsageError } from '../../services/shared/usage-error.ts';
import { type Board, dashboardOf, mayBeEmpty } from '../board.ts';
import { type Grafana, inside } from './grafana.ts';
import {
  ELEMENT_WITHIN_MS,
  type Expected,
  errorOf,
  findingOn,
  firstLine,
  type Marks,
  marked,
  marksOf,
} from './panel-state.ts';

/** How to look at the boards. */
export interface Look {
  readonly grafana: Grafana;
  /** The time range, which ends now. */
  readonly rangeMs: number;
  /** How long each board may take until it shows everything. */
  readonly withinMs: number;
  /** Where the screenshots go. */
  readonly folder: string;
}

export interface Checked {
  readonly title: string;
  readonly panels: number;
  /** One line for each panel that is not as it should be, with its name. */
  readonly findings: readonly string[];
}

/** A row of Grafana's grid with its margin, and room for what is above and below the panels. */
const ROW_PX = 38;
const AROUND_PX = 300;
const WIDTH_PX = 1600;

const LOOK_EVERY_MS = 250;

/**
 * Opens a board and waits until each panel shows data, or the time is up. Keeps a screenshot, and says what is wrong then.
 * Throws {@link UsageError} if Grafana asks who it is, or the signal's reason.
 */
export async function checkBoard(
  browser: Browser,
  board: Board,
  look: Look,
  signal: AbortSignal,
): Promise<Checked> {
  const dashboard = dashboardOf(board);
  const panels = (dashboard.panels ?? []).filter((panel): panel is Panel => 'fieldConfig' in panel);
  const rows = Math.max(...panels.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
  const empty = mayBeEmpty(board);
  const expected = panels.map(({ title = '', fieldConfig }) => ({
    title,
    noValue: fieldConfig?.defaults.noValue,
    mayBeEmpty: empty.has(title),
  }));
  // Grafana loads what is in sight, so all of it is.
  const page = await browser.newPage({
    viewport: { width: WIDTH_PX, height: rows * ROW_PX + AROUND_PX },
    locale: 'en-US',
  });
  page.setDefaultTimeout(ELEMENT_WITHIN_MS);
  try {
    const address = `d/${dashboard.uid}?from=now-${look.rangeMs / 1000}s&to=now&kiosk`;
    const deadlineMs = performance.now() + look.withinMs;
    await page.goto(inside(look.grafana.address, address), { timeout: look.withinMs });
    const findings = await settled(page, expected, look, deadlineMs, signal);
    await page.screenshot({ path: join(look.folder, `${board.uid}.png`), timeout: look.withinMs });
    return { title: board.title, panels: panels.length, findings };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UsageError) throw error;
    return { title: board.title, panels: panels.length, findings: [`the board: ${firstLine(error)}`] };
  } finally {
    await page.close().catch(() => {});
  }
}

/** Looks until nothing is wrong or the time is up, and gives what is wrong then. */
async function settled(
  page: Page,
  expected: readonly Expected[],
  { grafana }: Look,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<string[]> {
  const marks = marksOf(grafana.version);
  for (;;) {
    if ((await marked(page, marks.login).count()) > 0)
      throw new UsageError(
        `the Grafana at GRAFANA=${grafana.address} asks for a login. Allowed: one that lets anonymous visitors look, as grafana/grafana.ini does. Type: docker compose up --detach --wait`,
      );
    const seen = await Promise.all(
      expected.map(async (panel) => ({ panel, finding: await findingOn(page, marks, panel) })),
    );
    const wrong = seen.filter(({ finding }) => finding !== null);
    if (wrong.length === 0) return [];
    if (performance.now() >= deadlineMs) {
      const lines: string[] = [];
      for (const { panel, finding } of wrong) lines.push(await lineFor(page, marks, panel, `${finding}`));
      return lines;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function lineFor(page: Page, marks: Marks, { title }: Expected, finding: string): Promise<string> {
  const message = finding === 'error' ? await errorOf(page, marks, title) : undefined;
  return `${title}: ${finding}${message ? `: ${message}` : ''}`;
}
