import { appendFileSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where runs are judged by their load. Elsewhere tests break runs on purpose, so that they are unknown. */
const SUITES = /\/(processes|containers)\/runs\//;
/** More than this share of unknown runs, and a suite that passes says little. */
const CEILING = 0.2;

/** Notes how the runs in a lab's folder were judged, in the file that JUDGED_RUNS names; without it, nothing. */
export function noteJudged(
  folder: string,
  test = process.argv[1] ?? '',
  file = process.env.JUDGED_RUNS,
): void {
  if (!file || !SUITES.test(test)) return;
  for (const path of globSync('results/*/result.json', { cwd: folder }))
    if (!path.startsWith('results/latest/'))
      appendFileSync(file, `${JSON.parse(readFileSync(join(folder, path), 'utf8')).verdict}\n`);
}

/** Says how many runs were judged, and whether few enough of them are unknown. No run at all is not enough. */
export function judgedShare(lines: string): { readonly said: string; readonly fine: boolean } {
  const verdicts = lines.split('\n').filter(Boolean);
  const unknown = verdicts.filter((verdict) => verdict === 'unknown').length;
  const most = Math.floor(verdicts.length * CEILING);
  return {
    said: `judged ${verdicts.length} runs, ${unknown} of them unknown; allowed: at most ${most}`,
    fine: verdicts.length > 0 && unknown <= most,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { said, fine } = judgedShare(readFileSync(process.argv[2] ?? '', 'utf8'));
  console.log(said);
  process.exitCode = fine ? 0 : 1;
}
