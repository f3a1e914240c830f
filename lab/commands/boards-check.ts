import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDuration } from '../../record/duration.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { ensureBrowser } from '../install/ensure-servers.ts';
import { valuesOf } from '../parameters/values.ts';
import { RESULTS } from '../run/results.ts';
import { timestamp } from '../run/timestamp.ts';
import type { Command } from './command.ts';

/** Opens each board in a browser, and says which panels show an error or nothing. */
export const boardsCheck: Command = async (invocation, signal) => {
  const { GRAFANA, RANGE, WITHIN, CHROMIUM } = valuesOf(invocation);
  // Loaded here, since every other command would wait for it.
  const [{ boards }, { grafanaAt }, { checkBoard }, { startBrowser }] = await Promise.all([
    import('../../grafana/boards/index.ts'),
    import('../../grafana/check/grafana.ts'),
    import('../../grafana/check/check-board.ts'),
    import('../../grafana/check/browser.ts'),
  ]);
  const grafana = await grafanaAt(GRAFANA, signal);
  const executable = await ensureBrowser(CHROMIUM, signal);
  const folder = join(RESULTS, `${timestamp(new Date())}-boards`);
  await mkdir(folder, { recursive: true });
  const version = grafana.version ? `Grafana ${grafana.version}` : 'a Grafana that does not tell its version';
  console.log(`boards at ${GRAFANA}, ${version}, the last ${formatDuration(RANGE)}`);
  const look = { grafana, rangeMs: RANGE, withinMs: WITHIN, folder };
  const browser = await startBrowser(executable, signal);
  let wrong = 0;
  try {
    const all = await Promise.all(boards.map((board) => checkBoard(browser, board, look, signal)));
    for (const { title, panels, findings } of all) {
      if (findings.length === 0) console.log(`  ok    ${title}: ${panels} panels`);
      for (const finding of findings) console.log(`  FAIL  ${title}, ${finding}`);
      wrong += findings.length;
    }
  } finally {
    await browser.close();
  }
  console.log(`\nscreenshots: ${folder}`);
  console.log(wrong === 0 ? 'verdict: pass' : `verdict: fail (${wrong} findings)`);
  return wrong === 0 ? EXIT_STATUS.pass : EXIT_STATUS.fail;
};
