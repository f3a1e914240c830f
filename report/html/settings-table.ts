import { html, type Markup } from './markup.ts';
import { tableOf } from './page.ts';
import type { TypedSetting } from './repeat.ts';

/** Makes the table of settings, which opens on a click. */
export const settingsTable = (settings: readonly TypedSetting[], caption: string): Markup => html`<details>
<summary>All settings</summary>
${tableOf(
  caption,
  ['Parameter', 'Value', 'Default', 'What it decides'],
  settings.map(
    ({ name, value, preset, about }) =>
      html`<th scope="row">${name}</th><td>${value === preset ? value : html`<b>${value}</b>`}</td><td>${preset}</td><td>${about}</td>`,
  ),
)}
</details>`;
