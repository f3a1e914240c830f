import assert from 'node:assert/strict';

const MOST_BYTES = 2_000_000;

/** Text that tries to become markup. */
export const ATTACK = `</text><script>alert(1)</script><img src=x onerror="alert(1)">'&\u202e\u0007`;

/** Gives the words of a page, without its style. */
export const wordsOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const TAGS =
  /^(html|head|meta|title|style|body|main|p|h1|h2|div|strong|b|ul|li|dl|dt|dd|span|figure|figcaption|table|caption|thead|tbody|tr|th|td|pre|code|details|summary|svg|g|path|rect|text|polygon|defs|clipPath|a)$/;
const ATTRIBUTES =
  /^(lang|charset|name|content|http-equiv|class|scope|role|tabindex|aria-label|aria-hidden|viewBox|xmlns|width|height|x|y|d|fill|fill-opacity|stroke|stroke-[a-z]+|points|style|transform|dominant-baseline|text-anchor|paint-order|clip-path|id|data-title|href)$/;

/** A link leads to the report of a run beside the page's own folder, and nowhere else. */
const LINK = /^\.\.\/[\w.%+-]+\/report\.html$/;

/** Asserts that a page has these tags only, with these attributes only, each in quotes. */
function assertMarkup(page: string): void {
  const text = page
    .replace(/^<!doctype html>/, '')
    .replace(/<style>([^<]*)<\/style>/g, (_, css: string) => {
      assert.doesNotMatch(css, /url\(|@import/);
      return '';
    })
    .replace(/<\/?([a-z]\w*)((?:\s+[\w:-]+="[^"<>]*")*)\s*\/?>/gi, (_, tag: string, attributes: string) => {
      assert.match(tag, TAGS);
      for (const [, name = '', value = ''] of attributes.matchAll(/([\w:-]+)="([^"]*)"/g)) {
        assert.match(name, ATTRIBUTES);
        if (name === 'href') assert.match(value, LINK);
        if (name !== 'xmlns' && name !== 'aria-label') assert.doesNotMatch(value, /:\/\/|url\((?!#)/);
      }
      return '';
    });
  const [, around = ''] = /(.{0,60}[<>].{0,60})/s.exec(text) ?? [];
  assert.equal(around, '', 'what is no tag that a report has');
}

/** Asserts what is true of every report: it needs nothing else, and everybody can read it. */
export function assertWhole(page: string): void {
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  assert.ok(Buffer.byteLength(page) < MOST_BYTES);
  assertMarkup(page);
  assert.doesNotMatch(page, /NaN|Infinity|undefined|\[object/);
  for (const [svg] of page.matchAll(/<svg[^>]*>/g))
    assert.match(svg, /role="img" aria-label="[^"]{10,}"|aria-hidden="true"/);
  for (const [table] of page.matchAll(/<table>.*?<\/table>/gs)) {
    assert.match(table, /<caption>[^<]+<\/caption>\s*<thead><tr><th scope="col">/);
    for (const [row] of table.split('<tbody>')[1]?.matchAll(/<tr>.*?<\/tr>/gs) ?? [])
      assert.match(row, /<th scope="row">/);
  }
  const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
  assert.deepEqual([levels[0], new Set(levels.slice(1))], [1, new Set([2])]);
}
