import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createFolder } from '../../record/files/run-folder.ts';
import { wrapped } from '../../report/wrapped.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { type Checked, checkParts } from '../check-app/check-parts.ts';
import { parts } from '../check-app/parts/index.ts';
import { Stage } from '../check-app/stage.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { RESULTS } from '../run/results.ts';
import { timestamp } from '../run/timestamp.ts';
import type { Command } from './command.ts';

/** Says which parts of the contract the user's own service keeps, before anything is judged. */
export const checkApp: Command = async (invocation, signal) => {
  const values = valuesOf(invocation);
  if (values.APP === null)
    throw new UsageError(
      "check-app needs the command that starts your service. Allowed: any command. Type: make check-app APP='node my-service.js'",
    );
  const settings = settingsFrom(values);
  await ensureServersFor(settings, { runtime: 'local', why: 'APP starts processes' }, signal);
  await mkdir(RESULTS, { recursive: true });
  const folder = resolve(RESULTS, await createFolder(RESULTS, `${timestamp(new Date())}-check-app`));
  const stage = await Stage.start(settings, folder, signal);
  let wrong = 0;
  try {
    for await (const checked of checkParts(parts, stage)) {
      console.log(linesOf(checked).join('\n'));
      if ('outcome' in checked && checked.outcome.verdict === 'not met') wrong += 1;
    }
  } finally {
    await stage.end();
  }
  console.log(`\nlogs: ${folder}/logs`);
  console.log(
    wrong === 0
      ? `verdict: pass. Next, type: make herd APP='…' CLAIM='recomputes<=1 monotonic'`
      : `verdict: fail: ${wrong} ${wrong === 1 ? 'part is' : 'parts are'} not met`,
  );
  return wrong === 0 ? EXIT_STATUS.pass : EXIT_STATUS.fail;
};

const WORDS = { ok: 'ok', 'not met': 'FAIL', optional: 'note' } as const;
const WIDTHS = { word: 6, part: 30 } as const;

function linesOf(checked: Checked): readonly string[] {
  const label = (word: string) => `  ${word.padEnd(WIDTHS.word)}${checked.part.name.padEnd(WIDTHS.part)}`;
  if ('lacks' in checked) return wrapped(label('-'), `not tried: "${checked.lacks.name}" comes first`);
  const { outcome } = checked;
  const indent = label('').replaceAll(/./g, ' ');
  return [
    ...wrapped(label(WORDS[outcome.verdict]), outcome.detail),
    ...('advice' in outcome ? wrapped(indent, `-> ${outcome.advice}`) : []),
  ];
}
