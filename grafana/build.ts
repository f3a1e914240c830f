import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Board, dashboardOf } from './board.ts';
import { boards } from './boards/index.ts';

/** Where Grafana's file provisioning finds the boards. */
export const JSON_FOLDER = fileURLToPath(new URL('./json/', import.meta.url));

export const fileOf = ({ uid }: Board): string => `${JSON_FOLDER}${uid}.json`;

/** A board as its committed file has it. */
export const jsonOf = (board: Board): string => `${JSON.stringify(dashboardOf(board), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(JSON_FOLDER, { recursive: true });
  for (const board of boards) await writeFile(fileOf(board), jsonOf(board));
  console.log(`${boards.map(({ title }) => title).join(', ')}: written to grafana/json/`);
}
