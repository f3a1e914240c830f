import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { replayPage } from '../../console/export/replay-page.ts';
import { startBrowser } from '../../grafana/check/browser.ts';
import { sceneIn } from '../run/recording/scene-in.ts';

/** What is shown, and how large it is. */
interface Shot {
  /** The folders of the runs, the first one above. */
  readonly runs: readonly string[];
  /** The moment, in ms after the expiry. */
  readonly atMs: number;
  readonly width: number;
  /** The browser's command, as a path. */
  readonly executable: string;
}

/** Takes a picture of a replay at a moment, without what is below the stages. */
export async function replayPicture(
  path: string,
  { runs, atMs, width, executable }: Shot,
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dogpile-'));
  const browser = await startBrowser(executable, signal);
  try {
    const page = join(folder, 'replay.html');
    await writeFile(page, replayPage(runs.map(sceneIn)));
    const open = await browser.newPage({ viewport: { width, height: 1600 }, reducedMotion: 'reduce' });
    await open.goto(pathToFileURL(page).href);
    await open.getByRole('slider').fill(`${atMs}`);
    const [first, last] = [open.locator('.stage').first(), open.locator('.stage').last()];
    const [top, bottom] = [await first.boundingBox(), await last.boundingBox()];
    if (!top || !bottom) throw new Error('the replay has no stage');
    const height = Math.ceil(bottom.y + bottom.height - top.y) + 1;
    await open.screenshot({ path, clip: { x: top.x, y: top.y, width: top.width, height } });
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}
