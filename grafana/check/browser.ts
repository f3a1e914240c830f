import { type Browser, chromium } from 'playwright-core';

/**
 * Starts a headless Chromium or Chrome with these further arguments, and ends it when the signal aborts. It also ends when this
 * process does, since it is driven through a pipe.
 */
export async function startBrowser(
  executable: string,
  signal: AbortSignal,
  further: readonly string[] = [],
): Promise<Browser> {
  signal.throwIfAborted();
  const browser = await chromium.launch({
    executablePath: executable,
    // Chromium refuses its sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0,
    // In a container /dev/shm may be too small for it.
    args: ['--disable-dev-shm-usage', ...further],
    // The lab itself answers signals, with this one.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
  });
  signal.addEventListener('abort', () => void browser.close().catch(() => {}), { once: true });
  if (signal.aborted) await browser.close();
  signal.throwIfAborted();
  return browser;
}
