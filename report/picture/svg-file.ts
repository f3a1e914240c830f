import { type Picture, svgOf } from '../charts/draw.ts';
import { FONT } from '../charts/marks.ts';
import { COLORS, type Color, color, declarations } from '../charts/palette.ts';
import { html, type Markup, trusted } from '../html/markup.ts';

/** A picture that is a file of its own, with words and a key around its chart. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** What the picture shows, for who cannot see it. */
  readonly description: string;
  readonly parts: readonly Markup[];
}

/** A line of text. */
export interface Line {
  readonly text: string;
  readonly size: number;
  readonly bold?: boolean;
  readonly color?: Color;
  /** A word before it that stands out. */
  readonly label?: { readonly text: string; readonly color: Color };
}

const MARGIN = 20;
const RADIUS = 10;
/** What a line takes above and below where its letters stand, in sizes of them. */
const [ABOVE, BELOW] = [0.95, 0.45];

/** Gives what of a width is within the margins. */
export const within = (width: number): number => width - 2 * MARGIN;

/**
 * Makes an SVG file that follows the theme of its reader. It has its own ground, so that it can be read on any page, and needs no
 * script and no other file.
 */
export function svgFile(sheet: Sheet): string {
  const style = `:root { ${declarations('light')} } @media (prefers-color-scheme: dark) { :root { ${declarations('dark')} } }`;
  return drawn(sheet, html`<style>${trusted(style)}</style>\n`);
}

/** Makes an SVG file with the light colours in place, for programs that know no themes. */
export const lightSvgFile = (sheet: Sheet): string =>
  drawn(sheet, '').replace(/var\(--(\w+)\)/g, (_, name: Color) => COLORS[name][0]);

const drawn = ({ width, height, description, parts }: Sheet, style: Markup | ''): string =>
  html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}" font-family="${FONT}">
${style}<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="${RADIUS}" fill="${color('surface')}" stroke="${color('grid')}"/>
${parts.map((part) => html`${part}\n`)}</svg>
`.markup;

/** Writes a line of text; `y` is where its letters stand. */
export const lineAt = (x: number, y: number, { text, size, bold, color: name, label }: Line): Markup =>
  html`<text x="${MARGIN + x}" y="${y}" font-size="${size}" font-weight="${bold ? 'bold' : 'normal'}" fill="${color(name ?? 'ink')}">${label ? html`<tspan font-weight="bold" fill="${color(label.color)}">${label.text}</tspan> ` : ''}${text}</text>`;

/** Writes lines below each other, from the top of the picture on. Gives also where they end. */
export function linesFromTop(lines: readonly Line[]): { readonly parts: Markup[]; readonly bottom: number } {
  let y = MARGIN;
  const parts = lines.map((line) => {
    const part = lineAt(0, Math.round(y + line.size * ABOVE), line);
    y += line.size * (ABOVE + BELOW);
    return part;
  });
  return { parts, bottom: Math.round(y + MARGIN / 2) };
}

/** Puts a sign, and what it means, at a place. */
export const signAt = (x: number, y: number, shape: string, text: string, size: number): Markup =>
  html`<g transform="translate(${MARGIN + x} ${y - 13})">${trusted(shape)}</g>${lineAt(x + SIGN_WIDTH, y, { text, size })}`;

/** What a sign takes of the line beside it. */
export const SIGN_WIDTH = 34;

/** Puts a chart below what is above `y`. */
export const chartAt = (y: number, picture: Picture): Markup =>
  html`<g transform="translate(${MARGIN} ${y})">${trusted(svgOf(picture))}</g>`;
