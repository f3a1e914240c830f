import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { boards } from '../../grafana/boards/index.ts';
import { fileOf } from '../../grafana/build.ts';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** Where Grafana keeps the types of each kind of panel. */
const PANELS = {
  timeseries: 'TimeSeries',
  heatmap: 'Heatmap',
  stat: 'Stat',
  bargauge: 'BarGauge',
  'state-timeline': 'StateTimeline',
};

/** In version 13 the files have lost the name of their panel. */
const panelTypes = (version: number) =>
  Object.entries(PANELS).map(([type, name]) => {
    const file = `${version === 12 ? `${name}PanelCfg_` : ''}types.gen`;
    const folder = `${modules}grafana-schema-${version}/dist/types/raw/composable`;
    return `import type * as ${name} from '${folder}/${type.replace('-', '')}/panelcfg/x/${file}.d.ts';`;
  });

const kinds = Object.entries(PANELS).map(([type, name]) => {
  // A stat and a bar gauge have no field settings of their own.
  const custom = ['stat', 'bargauge'].includes(type) ? 'Record<string, never>' : `${name}.FieldConfig`;
  return `  | Kind<'${type}', ${name}.Options, ${custom}>`;
});

/** The types of one version of Grafana, as its JSON has them: an enum is one of its values. */
const typesOf = (version: number) => `
import type { AnnotationQuery, Dashboard, DataQuery, Panel } from '@grafana/schema';
${panelTypes(version).join('\n')}

type Json<T> = T extends string ? \`\${T}\` : T extends number ? T
  : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

/** As far as the boards use the query of Prometheus. */
interface Query extends DataQuery {
  expr: string; legendFormat?: string; format?: 'heatmap'; instant?: boolean; range?: boolean; interval?: string;
}

interface Kind<T extends string, O, F> extends Omit<Panel<never, F>, 'type' | 'options' | 'targets'> {
  type: T; options: O; targets: Query[];
}
type AnyKind =
${kinds.join('\n')};

/** Prometheus gives an annotation these as well. */
interface Mark extends Omit<AnnotationQuery<Query>, 'snapshotData'> {
  titleFormat: string; textFormat: string; useValueForTime: boolean;
}

export type Board = Json<Omit<Dashboard, 'panels' | 'annotations'> & { panels: AnyKind[]; annotations: { list: Mark[] } }>;
`;

/** What the compiler says of the boards, given as source text, beside the types of one version of Grafana. */
function complaints(version: number, sources: Readonly<Record<string, string>>): string {
  const folder = `${modules}.cache/boards-${version}-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(`${folder}/types.ts`, typesOf(version));
    for (const [name, json] of Object.entries(sources))
      writeFileSync(
        `${folder}/${name}.ts`,
        `import type { Board } from './types.ts';\nexport const board: Board = ${json};`,
      );
    const paths = { '@grafana/schema': [`${modules}grafana-schema-${version}/dist/types/index.d.ts`] };
    writeFileSync(
      `${folder}/tsconfig.json`,
      JSON.stringify({
        compilerOptions: {
          ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: [] },
          ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2022', paths },
        },
        include: ['*.ts'],
      }),
    );
    const { stdout, stderr, error } = spawnSync(`${modules}.bin/tsc`, ['-p', folder], { encoding: 'utf8' });
    assert.ifError(error);
    return `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const jsons = Object.fromEntries(boards.map((board) => [board.uid, readFileSync(fileOf(board), 'utf8')]));

for (const version of [12, 13])
  describe(`the types of Grafana ${version}`, () => {
    it('allow every board, with the options of each kind of panel', () => {
      assert.equal(complaints(version, jsons), '');
    });

    it('would refuse a board that has an option, a value or a field which Grafana does not know', () => {
      const { herd = '' } = jsons;
      const spoiled = {
        option: herd.replace('"yHistogram": true', '"yHistogramm": true'),
        value: herd.replace('"layout": "le"', '"layout": "lee"'),
        field: herd.replace('"drawStyle": "bars"', '"drawStyle": "bar"'),
        target: herd.replace('"refId": "Anno"', '"refIdd": "Anno"'),
        variable: herd.replace('"multi": true', '"multi": "yes"'),
      };
      for (const [name, json] of Object.entries(spoiled)) assert.notEqual(json, herd, name);
      const said = complaints(version, spoiled);
      for (const name of Object.keys(spoiled)) assert.match(said, new RegExp(`${name}\\.ts\\(`), said);
    });
  });
