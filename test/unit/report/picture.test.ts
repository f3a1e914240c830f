import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { judge } from '../../../judge/index.ts';
import { drawPictures } from '../../../lab/pictures/draw.ts';
import { expiryOf } from '../../../report/lanes/chosen-expiry.ts';
import { pngOf } from '../../../report/picture/png.ts';
import { runSheet } from '../../../report/picture/run-sheet.ts';
import { lightSvgFile, svgFile } from '../../../report/picture/svg-file.ts';
import { twoRunsSheet } from '../../../report/picture/two-runs.ts';
import { asForeign } from '../../support/as-foreign.ts';
import { ROOT } from '../../support/imports.ts';
import { labFolder, runLab } from '../../support/lab.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const IMAGES = join(ROOT, 'docs/img');

/** Asserts that a picture needs no script and no other file, and has words for who cannot see it. */
function assertAlone(svg: string): void {
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img" aria-label="[^"]{20,}"/);
  assert.doesNotMatch(svg, /<script|<image|<foreignObject|href=|@import|url\((?!#)|\son\w+=/i);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined|\[object/);
}

test('the pictures of the docs are drawn from the folders of runs, and no others are there', async (t) => {
  const into = mkdtempSync(join(tmpdir(), 'dogpile-pictures-'));
  t.after(() => rmSync(into, { recursive: true, force: true }));
  const folder = join(ROOT, 'test/fixtures/lock-run');
  await drawPictures({ none: folder, lock: folder, frozenHolder: folder }, into);
  // The screenshot needs a browser.
  assert.deepEqual([...readdirSync(into), 'replay.png'], readdirSync(IMAGES));
  for (const name of readdirSync(into)) {
    assertAlone(readFileSync(join(into, name), 'utf8'));
    assertAlone(readFileSync(join(IMAGES, name), 'utf8'));
  }
});

test("the expiry that is shown of a user's own service has the recomputes that its answers tell of", async () => {
  const run = asForeign(await recordedRun('single-flight-run'));
  const { record } = judge(run);
  assert.equal(expiryOf(run)?.expiry.recomputes, record.origin.perExpiry.max);
  assert.ok(record.origin.perExpiry.max > 1);
});

test('a picture of two runs says how often each one recomputed, and how long its slowest answer took', async () => {
  const run = await recordedRun('lock-run');
  const svg = svgFile(
    twoRunsSheet([
      { run, words: 'as it is' },
      { run, words: 'again' },
    ]),
  );
  assertAlone(svg);
  assert.equal(svg.match(/>1 recompute</g)?.length, 2);
  assert.equal(svg.match(/>slowest answer: 0\.\d\d s</g)?.length, 2);
});

test('a picture of two runs is refused where one has no expiry', async () => {
  const run = await recordedRun('lock-run');
  const empty = { ...run, ledger: [], events: [] };
  assert.throws(
    () =>
      twoRunsSheet([
        { run, words: '' },
        { run: empty, words: '' },
      ]),
    /has no expiry to draw/,
  );
});

test('the picture of a run has its verdict, and the names of the checks that are not ok', async () => {
  const run = await recordedRun('lock-run');
  const judged = judge(run);
  const checks = judged.record.checks.map((check, index) =>
    index === 3 ? ({ ...check, verdict: 'fail' } as const) : check,
  );
  const failing = { ...judged, record: { ...judged.record, verdict: 'fail' as const, checks } };
  assert.match(lightSvgFile(runSheet(judged, run)), />PASS<\/tspan> All \d+ checks are ok/);
  const svg = lightSvgFile(runSheet(failing, run));
  assert.match(svg, />FAIL<\/tspan>/);
  assert.ok(svg.includes(checks[3]?.name ?? '?'));
});

/** The pixels' size, as the head of a PNG has it. */
const sizeOf = (png: Buffer): [width: number, height: number] => [png.readUInt32BE(16), png.readUInt32BE(20)];

test('a PNG of a run is twice as large as the picture unless that is very high, and its words are drawn without a font of the machine', async () => {
  const run = await recordedRun('lock-run');
  const sheet = runSheet(judge(run), run);
  const png = Buffer.from(pngOf(sheet));
  assert.deepEqual(sizeOf(png), [2 * sheet.width, 2 * sheet.height]);
  const high = Buffer.from(pngOf({ ...sheet, height: 10_000 }));
  assert.ok(sizeOf(high)[0] * sizeOf(high)[1] < 13_000_000);
  const wordless = Buffer.from(pngOf({ ...sheet, parts: [] }));
  const worded = Buffer.from(pngOf({ ...sheet, parts: sheet.parts.slice(0, 1) }));
  // A missing font leaves the words out and says nothing.
  assert.ok(worded.length > wordless.length + 1000, `${worded.length} ${wordless.length}`);
});

test('a run without an expiry has a picture', async () => {
  const run = await recordedRun('lock-run');
  const empty = { ...run, arrivals: [], ledger: [], events: [] };
  assertAlone(svgFile(runSheet(judge(empty), empty)));
});

test('text from a stranger never becomes markup in a picture', async () => {
  const run = await recordedRun('lock-run');
  const attack = `</text><script>alert(1)</script><image href="x" onerror="alert(1)"/>`;
  const judged = judge(run);
  const record = { ...judged.record, strategy: attack, fault: attack };
  const svg = svgFile(runSheet({ ...judged, record }, run));
  assert.doesNotMatch(svg, /<script|<image/);
  assert.ok(svg.includes('&lt;script&gt;'));
});

test('a picture that cannot be written spoils nothing: a line says so', async (t) => {
  const folder = labFolder();
  t.after(() => folder.remove());
  const run = join(folder.path, 'results/a-run');
  cpSync(join(ROOT, 'test/fixtures/lock-run'), run, { recursive: true });
  mkdirSync(join(run, 'picture.png/in-its-place'), { recursive: true });
  const { status, err, out } = await runLab(folder.path, ['report', 'RUN=results/a-run']);
  assert.equal(status, 0, err);
  assert.match(err, /^picture\.png could not be drawn: \S.*\n/);
  assert.match(out, /report: results\/a-run\/report\.html/);
  const files = readdirSync(run);
  for (const name of ['report.html', 'junit.xml', 'summary.md']) assert.ok(files.includes(name), name);
});
