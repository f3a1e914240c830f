import type { TimeRange } from '../../prometheus/api.ts';

export const FRAME_WIDTH = 760;
export const LEFT = 64;
export const RIGHT = 16;
export const PLOT = FRAME_WIDTH - LEFT - RIGHT;

const COLORS = ['#3274d9', '#e0752d', '#3a9e5f', '#b877d9', '#c4a000', '#d14a61', '#5794a6', '#8f6b4e'];
export const colorOf = (index: number): string => COLORS[index % COLORS.length] ?? '#888';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const text = (x: number, y: number, what: string, attributes = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(what)}</text>`;

export const rect = (x: number, y: number, width: number, height: number, fill: string, more = ''): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}" fill="${fill}" ${more}/>`;

export const round = (value: number): number => Math.round(value * 10) / 10;

export const xOf = (seconds: number, { start, end }: TimeRange): number =>
  LEFT + ((seconds - start) / (end - start)) * PLOT;

/** Grafana's units, as far as the boards use them. */
export function spelled(value: number, unit: string): string {
  const short = (number: number) => `${Number(number.toPrecision(3))}`;
  switch (unit) {
    case 's':
      return Math.abs(value) >= 1 ? `${short(value)} s` : `${short(value * 1000)} ms`;
    case 'percentunit':
      return `${short(value * 100)} %`;
    case 'bytes':
      return `${short(value / 2 ** 20)} MiB`;
    case 'cps':
    case 'ops':
    case 'reqps':
      return `${short(value)}/s`;
    default:
      return short(value);
  }
}

/** A few round numbers from 0 to beyond the highest. */
export function ticksTo(highest: number): number[] {
  const rough = (highest || 1) / 3;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const count = Math.ceil((highest || 1) / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
