import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const linesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];

/** More files than these, in all parts of the suite together, and it is no accident. */
const MOST_REPEATED = 3;

const OPTIONS = [
  '--test-timeout=180000',
  ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
  ...['--test-reporter=./test/support/ran-on-reporter.ts', '--test-reporter-destination=stdout'],
];

/** Runs node's test runner. Gives its exit status, and the files with a test that failed. */
function runTests(args: readonly string[]): { readonly status: number; readonly failed: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-tests-'));
  try {
    const failedPath = join(folder, 'failed');
    const { status } = spawnSync(process.execPath, ['--test', ...OPTIONS, ...args], {
      stdio: 'inherit',
      env: { ...process.env, FAILED_FILES: failedPath },
    });
    return { status: status ?? 1, failed: linesOf(failedPath) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs tests. If `repeatedPath` is given, runs each file that failed once more, alone: what fails twice is red. Appends the
 * names of these files to the file at `repeatedPath`, so that nobody takes an unsteady test for a steady one.
 */
export function runAndRepeat(args: readonly string[], repeatedPath: string | undefined): number {
  const { status, failed } = runTests(args);
  if (status === 0 || repeatedPath === undefined || failed.length === 0) return status;
  const most = MOST_REPEATED - linesOf(repeatedPath).length;
  const names = failed.map((file) => relative('.', file));
  if (failed.length > most) {
    console.log(`failed: ${names.join(', ')}. Run again at most: ${MOST_REPEATED} files in all`);
    return status;
  }
  appendFileSync(repeatedPath, names.map((name) => `${name}\n`).join(''));
  console.log(`failed, and now run again, alone: ${names.join(', ')}`);
  return runTests(['--test-concurrency=1', ...failed]).status;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = runAndRepeat(process.argv.slice(2), process.env.REPEATED_TESTS || undefined);
