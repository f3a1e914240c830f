import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wrapped } from '../../report/wrapped.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { ensureBrowser } from '../install/ensure-servers.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesFrom, valuesOf } from '../parameters/values.ts';
import { SHOWN, type Shown } from '../pictures/shown.ts';
import { runUntilConclusive } from '../run/attempts.ts';
import { RESULTS } from '../run/results.ts';
import type { Command } from './command.ts';

const IMAGES = fileURLToPath(new URL('../../docs/img', import.meta.url));

/** Late in the recompute. */
const REPLAY = { atMs: 190, width: 1180 };

/** Draws the pictures of the docs from real runs. All of them must pass, or nothing is drawn. */
export const pictures: Command = async (invocation, signal) => {
  const { RUNTIME, CHROMIUM } = valuesOf(invocation);
  // Without a browser the runs would be for nothing.
  const executable = await ensureBrowser(CHROMIUM, signal);
  const folders = {} as Record<Shown, string>;
  for (const name of Object.keys(SHOWN) as Shown[]) {
    const words = SHOWN[name];
    console.log(`\nmake herd ${words.join(' ')}`);
    const settings = settingsFrom(valuesFrom('herd', [...words, `RUNTIME=${RUNTIME}`]));
    const { record } = await runUntilConclusive(settings, signal);
    if (record.verdict !== 'pass') {
      console.error(
        `No picture is drawn, since this run is ${record.verdict}. End other work on this machine, and try again.`,
      );
      return EXIT_STATUS[record.verdict];
    }
    folders[name] = join(RESULTS, record.run);
  }
  // What draws takes a third of a second to load, for which every other command would wait.
  const [{ drawPictures }, { replayPicture }] = await Promise.all([
    import('../pictures/draw.ts'),
    import('../pictures/replay-picture.ts'),
  ]);
  await drawPictures(folders, IMAGES);
  const shot = { runs: [folders.none, folders.lock], ...REPLAY, executable };
  await replayPicture(join(IMAGES, 'replay.png'), shot, signal);
  console.log(wrapped('pictures: ', IMAGES).join('\n'));
  return EXIT_STATUS.pass;
};
