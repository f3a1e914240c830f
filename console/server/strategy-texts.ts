import { readFileSync } from 'node:fs';

/**
 * Gives three sentences about each strategy, by its name. Their source is the table at the head of docs/strategies.md: what a
 * page says of a strategy is what the docs say.
 */
export function strategyTexts(path: string): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name, idea, recomputes, stale, waits] =
        /^\| \[`([\w-]+)`\]\S* \|(.*)\|(.*)\|(.*)\|(.*)\|$/.exec(line) ?? [];
      return name && idea && recomputes && stale && waits ? [{ name, idea, recomputes, stale, waits }] : [];
    });
  return new Map(
    rows.map(({ name, idea, recomputes, stale, waits }) => [
      name,
      [
        sentence(idea),
        sentence(`Recomputes per expiry: ${plain(recomputes)}`),
        sentence(`Stale values: ${plain(stale)}; who waits: ${plain(waits)}`),
      ],
    ]),
  );
}

const plain = (cell: string): string => cell.trim().replaceAll('`', '');

function sentence(text: string): string {
  const words = plain(text);
  return `${words[0]?.toUpperCase()}${words.slice(1)}.`;
}
