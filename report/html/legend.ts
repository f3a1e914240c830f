import type { RunTimeline } from '../../judge/timeline/timeline.ts';
import { MOST_DIAMONDS, QUEUED_MS } from '../charts/lane.ts';
import { color } from '../charts/palette.ts';
import { html, type Markup, trusted } from './markup.ts';

/** A mark of the lanes, and what it means. */
export interface LegendItem {
  /** Drawn in a box of 26 by 16. */
  readonly shape: string;
  readonly words: string;
  /** Tells whether a picture has the mark. */
  isIn(view: RunTimeline): boolean;
}

const ITEMS: readonly LegendItem[] = [
  {
    shape: `<rect x="2" y="4" width="22" height="8" fill="${color('recompute')}"/>`,
    words: 'a recompute runs at the origin',
    isIn: ({ recomputes }) => recomputes.listed.length > 0,
  },
  {
    shape: `<rect x="2" y="4" width="22" height="8" fill="${color('queue')}"/>`,
    words: 'it queues there',
    isIn: ({ recomputes }) =>
      recomputes.listed.some(({ arrivedWallMs, beganWallMs }) => beganWallMs - arrivedWallMs > QUEUED_MS),
  },
  {
    shape: `<path d="M3 8H23M3 3V13M23 3V13" stroke="${color('lease')}" stroke-width="2" fill="none"/>`,
    words: 'the replica holds the lease: a lock that runs out unless it is renewed (thin ticks)',
    isIn: ({ leases }) => leases.listed.length > 0,
  },
  {
    shape: `<path d="M2 8H24" stroke="${color('wait')}" stroke-width="2" stroke-dasharray="4 3" fill="none"/>`,
    words: 'the replica waits for another one’s value',
    isIn: ({ waits }) => waits.listed.length > 0,
  },
  {
    shape: `<path d="M13 3L18 13H8Z" fill="${color('wait')}"/>`,
    words: 'the new value wakes it',
    isIn: ({ wakeUps }) => wakeUps.listed.length > 0,
  },
  {
    shape: `<path d="M13 2L19 8L13 14L7 8Z" fill="${color('pass')}"/>`,
    words: 'the new value is stored',
    isIn: (view) => !isCrowded(view) && view.commits.listed.some(({ accepted }) => accepted),
  },
  {
    shape: `<path d="M13 3V13" stroke="${color('pass')}" stroke-width="2"/>`,
    words: 'a new value is stored, one of many',
    isIn: isCrowded,
  },
  {
    shape: `<path d="M8 3L18 13M8 13L18 3" stroke="${color('fail')}" stroke-width="2.5" fill="none"/>`,
    words: 'the store refuses a late write',
    isIn: ({ commits }) => commits.listed.some(({ accepted }) => !accepted),
  },
];

/** Gives the marks that a picture has. */
export const legendItems = (view: RunTimeline): LegendItem[] => ITEMS.filter(({ isIn }) => isIn(view));

/** Says what the marks in this picture of lanes mean. */
export const lanesLegend = (view: RunTimeline): Markup => html`<ul class="legend">
${legendItems(view).map(
  ({ shape, words }) =>
    html`<li><svg viewBox="0 0 26 16" aria-hidden="true">${trusted(shape)}</svg>${words}</li>\n`,
)}</ul>`;

function isCrowded({ commits }: RunTimeline): boolean {
  const byMember = Map.groupBy(commits.listed, ({ by }) => by);
  return [...byMember.values()].some(({ length }) => length > MOST_DIAMONDS);
}
