import { resolveSelectors, versionedComponents, versionedPages } from '@grafana/e2e-selectors';
import type { Locator, Page } from 'playwright-core';

/** How Grafana marks its elements for tests; each version has marks of its own. */
export type Marks = ReturnType<typeof marksOf>;

/** The marks of a version of Grafana; of the newest known one where the version is unknown. */
export function marksOf(version: string | undefined) {
  const { Panels, Alert } = resolveSelectors(versionedComponents, version);
  const { Login } = resolveSelectors(versionedPages, version);
  return { panel: Panels.Panel, alert: Alert.alertV2, login: Login.username };
}

/** The element with a mark: it is a test id, or in older marks an ARIA label. */
export const marked = (root: Page | Locator, mark: string): Locator =>
  mark.startsWith('data-testid') ? root.getByTestId(mark) : root.locator(`[aria-label="${mark}"]`);

/** What the check knows of a panel before it looks. */
export interface Expected {
  readonly title: string;
  /** What the panel says when it has nothing to show, if it does not say what Grafana says then. */
  readonly noValue: string | undefined;
  readonly mayBeEmpty: boolean;
}

/** Why a panel is not as it should be; null: it is. */
export type Finding = string | null;

const NO_DATA = /^no data\b/i;
/** How long an element that was there a moment ago, or the tooltip of an error, may take. */
export const ELEMENT_WITHIN_MS = 5000;

/** Looks at a panel, as it is at this moment. */
export async function findingOn(page: Page, marks: Marks, expected: Expected): Promise<Finding> {
  try {
    return await look(page, marks, expected);
  } catch (error) {
    // Grafana draws it anew while the check looks.
    return `it could not be read: ${firstLine(error)}`;
  }
}

async function look(page: Page, marks: Marks, expected: Expected): Promise<Finding> {
  const panel = marked(page, marks.panel.title(expected.title));
  if ((await panel.count()) === 0) return 'it did not appear';
  const error = marked(panel, marks.panel.status('error'));
  if ((await error.count()) > 0) return 'error';
  const crash = marked(panel, marks.alert('error'));
  if ((await crash.count()) > 0) return `error: ${oneLine(await crash.first().innerText())}`;
  if ((await marked(panel, marks.panel.loadingBar(expected.title)).count()) > 0) return 'still loading';
  const content = marked(panel, marks.panel.content);
  // Grafana fills it once the data are there.
  if ((await content.locator(':scope > *').count()) === 0) return 'still loading';
  const says = oneLine(await content.innerText());
  const message = marked(content, marks.panel.PanelDataErrorMessage);
  if (says === expected.noValue || NO_DATA.test(says)) return expected.mayBeEmpty ? null : `no data: ${says}`;
  return (await message.count()) > 0 ? `error: ${says}` : null;
}

/** What the tooltip of a panel's error says; undefined if it cannot be read. */
export async function errorOf(page: Page, marks: Marks, title: string): Promise<string | undefined> {
  const icon = marked(marked(page, marks.panel.title(title)), marks.panel.status('error'));
  const tooltip = page.getByRole('tooltip').first();
  try {
    await icon.first().hover();
    return oneLine(await tooltip.innerText());
  } catch {
    // The finding stands without it.
    return undefined;
  }
}

/** What a failure of the browser says, without the log that follows. */
export const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
