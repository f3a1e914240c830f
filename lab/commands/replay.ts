import { join, resolve } from 'node:path';
import { replayPage } from '../../console/export/replay-page.ts';
import { REPLAY, writeDrawn } from '../../record/files/run-folder.ts';
import { NONE } from '../../record/parameter.ts';
import { wrapped } from '../../report/wrapped.ts';
import { openPage } from '../open-page.ts';
import { valuesOf } from '../parameters/values.ts';
import { sceneIn } from '../run/recording/scene-in.ts';
import type { Command } from './command.ts';

/** Writes the replay of a recorded run, or of two, prints its path, and opens it where somebody can see it. */
export const replay: Command = async (invocation) => {
  const { RUN, WITH } = valuesOf(invocation);
  const scenes = [RUN, ...(WITH === NONE ? [] : [WITH])].map(sceneIn);
  await writeDrawn(RUN, REPLAY, replayPage(scenes));
  const path = join(RUN, REPLAY);
  console.log(wrapped('replay: ', path).join('\n'));
  openPage(resolve(path));
  return 0;
};
