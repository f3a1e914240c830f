import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { lightSvgFile, type Sheet } from './svg-file.ts';

const FONTS = ['400Regular/Inter_400Regular.ttf', '700Bold/Inter_700Bold.ttf'];

/** So many pixels for each one of the picture, so that it stays sharp when somebody enlarges it. */
const ZOOM = 2;
/** A fleet of 64 makes a picture that is very high; it is drawn smaller, since each pixel takes four bytes. */
const MOST_PIXELS = 12_000_000;

/** Draws a picture as PNG, in light colours. It brings its font, since a server may have none. */
export function pngOf(sheet: Sheet): Uint8Array {
  const fontFiles = FONTS.map((file) =>
    fileURLToPath(import.meta.resolve(`@expo-google-fonts/inter/${file}`)),
  );
  const drawing = new Resvg(lightSvgFile(sheet), {
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
    fitTo: { mode: 'zoom', value: zoomOf(sheet) },
  });
  return drawing.render().asPng();
}

const zoomOf = ({ width, height }: Sheet): number =>
  Math.min(ZOOM, Math.sqrt(MOST_PIXELS / (width * height)));
