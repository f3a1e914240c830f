import type { Scene } from './scene.ts';

/** A list of objects as a table, which takes a third of the room. A field that an object lacks is null in its row. */
interface Table {
  readonly fields: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A scene whose lists are tables. */
export type PackedScene = { readonly [F in keyof Scene]: Scene[F] | Table };

/** Lists that are long. */
const LONG = ['requests', 'calls', 'waits', 'writes', 'wakeUps'] as const;

export const packed = (scene: Scene): PackedScene => ({
  ...scene,
  ...Object.fromEntries(LONG.map((name) => [name, tableOf(scene[name])])),
});

export const unpacked = (scene: PackedScene): Scene =>
  ({
    ...scene,
    ...Object.fromEntries(LONG.map((name) => [name, listOf(scene[name] as Table)])),
  }) as Scene;

function tableOf(list: readonly object[]): Table {
  const fields = [...new Set(list.flatMap((one) => Object.keys(one)))];
  return {
    fields,
    rows: list.map((one) => fields.map((field) => (one as Record<string, unknown>)[field] ?? null)),
  };
}

const listOf = ({ fields, rows }: Table): object[] =>
  rows.map((row) =>
    Object.fromEntries(fields.flatMap((field, index) => (row[index] === null ? [] : [[field, row[index]]]))),
  );
