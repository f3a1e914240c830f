import type { Judgement } from '../../record/result.ts';
import { html, type Markup } from './markup.ts';

/** Makes the box with the verdict, what it means, and the checks that brought it about unless it is a pass. */
export function verdictBox(
  checks: readonly Judgement[],
  verdict: Judgement['verdict'],
  words: string,
): Markup {
  const bad = checks.filter((check) => check.verdict === verdict && verdict !== 'pass');
  const list = bad.map(({ name, detail }) => html`<li>${name}: ${detail}</li>`);
  return html`<div class="verdict ${verdict}"><strong>${verdict}</strong> ${words}${list.length > 0 ? html`<ul>${list}</ul>` : ''}</div>`;
}
