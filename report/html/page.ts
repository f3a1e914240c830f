import { lacksIn } from '../typed.ts';
import { html, type Markup, trusted } from './markup.ts';
import { STYLE } from './style.ts';

/** Makes a whole page, in one file: without a script, and without anything to load. */
export const pageOf = (title: string, body: Markup): string =>
  `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.markup
  }`;

/** Makes the box with a command as it is typed, and says what it lacks. */
export function commandBox(command: string): Markup {
  const lacks = lacksIn(command);
  return html`<pre><code>${command}</code></pre>${lacks === undefined ? '' : html`\n<p>${lacks}</p>`}`;
}

/** Makes a table with headers that can be scrolled on a narrow page. */
export const tableOf = (
  caption: string,
  titles: readonly string[],
  rows: readonly Markup[],
): Markup => html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
<table>
<caption>${caption}</caption>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row}</tr>\n`)}</tbody>
</table>
</div>`;
