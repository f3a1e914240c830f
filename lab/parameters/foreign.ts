import { UsageError } from '../../services/shared/usage-error.ts';
import { type CommandName, specOf, takersOf, takes } from './commands.ts';
import { defaultOf, type Name, PARAMETERS } from './parameters.ts';
import { readValue } from './read-value.ts';

/** Pairs that are easily taken for each other. */
const ALIKE: readonly (readonly [Name, Name])[] = [
  ['STRATEGY', 'STRATEGIES'],
  ['STRATEGY', 'ABLATE'],
  ['REPEAT', 'TRIALS'],
  ['GRACE', 'STALE_OK'],
];

/** Makes the error for a parameter that belongs to other commands: it names the right parameter or command. */
export function foreign(command: CommandName, name: Name, text: string | undefined): UsageError {
  const takers = takersOf(name);
  const why = specOf(command).without?.[name];
  const alike = ALIKE.flatMap((pair) => (pair.includes(name) ? pair : [])).find((other) =>
    takes(command, other),
  );
  const type = [
    ...(alike ? [`make ${command} ${pairOf(alike, text)}`] : []),
    `make ${takers[0]} ${pairOf(name, text)}`,
  ];
  return new UsageError(
    `make ${command} does not take ${name}${why ? `: ${why}` : ''}. ` +
      `Allowed: ${name} with make ${listOf(takers)}. Type: ${type.join(', or ')}`,
  );
}

/** The parameter with what was typed, or with its default where it would not take that. */
export function pairOf(name: Name, text: string | undefined): string {
  const parameter = PARAMETERS[name];
  const fits = text !== undefined && readValue(parameter, text) !== undefined;
  const value = fits ? text : defaultOf(parameter);
  return /^[\w.,:/=+-]*$/.test(value) ? `${name}=${value}` : `${name}='${oneLine(value)}'`;
}

/** Puts what was typed on one line. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

const listOf = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : words.join('');
