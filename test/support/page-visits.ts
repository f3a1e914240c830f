import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What somebody has who opens a page. */
export interface Visitor {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

/** Between them they have both widths and both themes. A theme changes no width, and a width no colour. */
export const VISITORS: readonly Visitor[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 400, colorScheme: 'dark' },
];

/** Starts a browser so that it finds no host: a page that needs one is broken then. */
export const WITHOUT_HOSTS = ['--host-resolver-rules=MAP * ~NOTFOUND'];

const HEIGHT = 900;

/** Opens a file as its readers do, where no script runs. Gives what is wrong with it. */
export async function troublesIn(browser: Browser, path: string, visitor: Visitor): Promise<string[]> {
  const { width, colorScheme } = visitor;
  const context = await browser.newContext({
    ...{ viewport: { width, height: HEIGHT }, colorScheme, javaScriptEnabled: false },
  });
  try {
    const page = await context.newPage();
    const url = pathToFileURL(path).href;
    const troubles: string[] = [];
    page.on('request', (request) => {
      if (request.url() !== url) troubles.push(`asks for ${request.url()}`);
    });
    page.on('console', (message) => troubles.push(`says ${message.text()}`));
    await page.goto(url);
    for (const summary of await page.locator('summary').all()) await summary.click();
    const seen = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (seen > width) troubles.push(`is ${seen} pixels wide, and the screen ${width}`);
    return troubles;
  } finally {
    await context.close();
  }
}

/** Has axe look at a file, in a context of its own. Gives what it calls serious or critical. */
export async function axeFindings(browser: Browser, path: string, visitor: Visitor): Promise<string[]> {
  const { width, colorScheme } = visitor;
  const context = await browser.newContext({ viewport: { width, height: HEIGHT }, colorScheme });
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(path).href);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(
      (): Promise<AxeResults> =>
        (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run({
          resultTypes: ['violations'],
        }),
    );
    return violations.flatMap(({ id, impact, nodes }) =>
      impact === 'serious' || impact === 'critical'
        ? nodes.map(({ target }) => `${impact}: ${id} at ${target.join(' ')}`)
        : [],
    );
  } finally {
    await context.close();
  }
}
