import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Board, dashboardOf } from '../../grafana/board.ts';
import { boards } from '../../grafana/boards/index.ts';

/** What a panel shows in the end. */
export type Shown =
  | { readonly as: 'data'; readonly afterMs?: number }
  | { readonly as: 'loading' | 'missing' }
  /** Text in place of a chart, as a stat and a bar gauge draw it. */
  | { readonly as: 'value'; readonly text: string }
  /** The message in the middle of a chart without data. */
  | { readonly as: 'message'; readonly text: string }
  /** The icon of a query that failed, with its tooltip. */
  | { readonly as: 'error'; readonly text: string }
  /** The box in the place of a panel whose code has thrown. */
  | { readonly as: 'crash'; readonly text: string };

/** What some panels show, by board and title; the others show data. */
export type Spoiled = Readonly<Record<string, Readonly<Record<string, Shown>>>>;

export interface GrafanaPages {
  readonly address: string;
  /** Resolves when a board is asked for. */
  readonly asked: Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves pages with the elements that Grafana 12 and 13 render for a board, below a path. It is no Grafana: the elements are
 * written after its source (`PanelChrome` of `@grafana/ui`, `VizPanelRenderer` and `LazyLoader` of `@grafana/scenes`), not
 * after where the check takes its test ids from. A panel loads when it comes into sight, and first says "No data".
 */
export async function grafanaPages(
  version: string | undefined,
  page: Spoiled | 'login',
): Promise<GrafanaPages> {
  const asked = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const board = boards.find(({ uid }) => pathname === `/below/d/dogpile-${uid}`);
    if (pathname === '/below/api/health') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ database: 'ok', ...(version && { version, commit: 'abc' }) }));
    } else if (board) {
      asked.resolve();
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(page === 'login' ? LOGIN : boardPage(board, page[board.uid] ?? {}));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/below`,
    asked: asked.promise,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const LOGIN = '<form><input data-testid="data-testid Username input field"></form>';

const PAGE = readFileSync(new URL('../fixtures/grafana-board.html', import.meta.url), 'utf8');

function boardPage(board: Board, spoiled: Readonly<Record<string, Shown>>): string {
  const panels = (dashboardOf(board).panels ?? []).map(({ title = '', gridPos }) => {
    return { title, gridPos, shown: spoiled[title] ?? { as: 'data' } };
  });
  return PAGE.replace('const panels = [];', () => `const panels = ${JSON.stringify(panels)};`);
}
