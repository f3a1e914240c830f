import { createHash } from 'node:crypto';
import { escaped } from '../../report/html/markup.ts';
import { STYLE } from '../../report/html/style.ts';
import { REPLAY_STYLE } from '../replay/style.ts';
import { packed } from '../scene/pack.ts';
import type { Scene } from '../scene/scene.ts';
import { oneScript } from './one-script.ts';

/** Makes one page that replays these scenes, the first one above. It needs nothing else, and loads nothing. */
export function replayPage(scenes: readonly Scene[]): string {
  const script = oneScript(new URL('../replay/main.ts', import.meta.url));
  const style = STYLE + REPLAY_STYLE;
  const title = `Replay: ${scenes.map(nameOf).join(' above ')}`;
  const policy = [
    `default-src 'none'`,
    `script-src '${digestOf(script)}'`,
    `style-src '${digestOf(style)}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} – dogpile-lab</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="eyebrow">dogpile-lab · a recorded run, event by event</p>
<h1>${escaped(title)}</h1>
<p>${escaped(storyOf(scenes))}</p>
<div id="replay"><noscript>This page draws with a script. Please allow it.</noscript></div>
</main>
<script type="application/json" id="scenes">${jsonOf(scenes)}</script>
<script>${script}</script>
</body>
</html>
`;
}

const nameOf = ({ strategy, fault }: Scene): string =>
  fault === null ? strategy : `${strategy} under ${fault}`;

/** Says what there is to see, for somebody who never heard of a dogpile. */
function storyOf(scenes: readonly Scene[]): string {
  const [first] = scenes;
  if (!first) return '';
  const { ttlMs, recomputeMs, ratePerSecond } = first.settings;
  return (
    `Each dot is a request. The replicas answer it from the cache, in an instant, until the cached value expires after ${ttlMs} ms. ` +
    `A new one takes the slow origin ${recomputeMs} ms, and ${ratePerSecond} requests arrive per second. If each of them asks the ` +
    `origin too, they pile up there: that is a dogpile.` +
    (scenes.length > 1 ? ' Both runs are on one clock, which starts when the value expires.' : '')
  );
}

const digestOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** Writes the scenes so that no text in them ends the element, and none begins markup. */
const jsonOf = (scenes: readonly Scene[]): string =>
  JSON.stringify(scenes.map(packed)).replaceAll('<', '\\u003c');
