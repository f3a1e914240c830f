import { Command, CommanderError, Option } from 'commander';
import { TERMINAL_WIDTH } from '../../report/wrapped.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { type CommandName, commandNames, specOf } from './commands.ts';
import { foreign, oneLine, pairOf } from './foreign.ts';
import {
  allowedFor,
  defaultOf,
  environmentNameOf,
  flagOf,
  isName,
  type Name,
  PARAMETERS,
  type Parameter,
  rangeOf,
} from './parameters.ts';

/** The text that was typed for each parameter. */
export type Texts = ReadonlyMap<Name, string>;

export type CommandLine =
  | { readonly command: CommandName; readonly texts: Texts }
  | { readonly help: string };

/**
 * Reads a command and its parameters, `NAME=value` pairs and flags alike. Throws {@link UsageError} at the first word that
 * the command does not take. Does not check values.
 */
export function readCommandLine(words: readonly string[]): CommandLine {
  const [name = '', ...rest] = words;
  let read: CommandLine | undefined;
  let help = '';
  const program = programFor((line) => {
    read = line;
  });
  configure(program, (text) => {
    help += text;
  });
  try {
    program.parse([name, ...rest.flatMap(flagsFrom)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { help };
    throw refusalOf(error, name, rest);
  }
  if (!read) throw new Error(`no command was read from ${words.join(' ')}`);
  return read;
}

/** Finds the parameter with the most similar name; undefined when none is similar. */
export function nearestTo(name: string): string | undefined {
  const all = new Command();
  for (const parameter of Object.values(PARAMETERS)) all.addOption(optionFor(parameter));
  configure(all, () => {});
  try {
    all.parse([flagOf(name)], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return suggestionIn(error);
    throw error;
  }
  return undefined;
}

function programFor(onRead: (line: CommandLine) => void): Command {
  const program = new Command('dogpile-lab').helpCommand(false).showSuggestionAfterError();
  for (const name of commandNames) {
    const { summary, lasts, takes } = specOf(name);
    const command = new Command(name)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.${lasts ? ` Takes about ${lasts}.` : ''}`)
      .addHelpText('after', takes.length > 0 ? `\n${WAYS}` : '');
    for (const parameter of Object.values(PARAMETERS))
      if (takes.includes(parameter.name as Name)) command.addOption(optionFor(parameter));
    command.action((options: Record<string, string>) => {
      const texts = command.options
        .filter((option) => option.attributeName() in options)
        .map((option) => [nameOf(option.long ?? ''), options[option.attributeName()]] as [Name, string]);
      onRead({ command: name, texts: new Map(texts) });
    });
    program.addCommand(command);
  }
  return program;
}

const WAYS = `Each parameter is also a make variable and an environment variable:
  npx dogpile-lab herd --ttl 5s
  make herd TTL=5s
  ${environmentNameOf('TTL')}=5s make herd`;

/** Makes the commands throw their errors, and hand their help to `write`. */
function configure(command: Command, write: (text: string) => void): void {
  for (const one of [command, ...command.commands])
    one
      .exitOverride()
      .configureOutput({ writeOut: write, writeErr: () => {}, getOutHelpWidth: () => TERMINAL_WIDTH });
}

const PLACEHOLDER: Record<Parameter['kind'], string> = {
  duration: 'duration',
  'optional duration': 'duration',
  whole: 'number',
  number: 'number',
  choice: 'name',
  switch: 'on|off',
  list: 'names',
  text: 'text',
  'optional text': 'text',
  url: 'url',
};

const optionFor = (parameter: Parameter): Option => {
  const { name, kind, about, group } = parameter;
  const described = `${about} (default ${defaultOf(parameter)}; ${rangeOf(parameter)})`;
  const option = new Option(`${flagOf(name)} <${PLACEHOLDER[kind]}>`, described);
  return option.helpGroup(`${group}:`);
};

const nameOf = (flag: string): string => flag.slice(2).toUpperCase().replaceAll('-', '_');

/** Splits a word into what commander reads: `TTL=3s` and `--ttl=3s` give a flag and its value. */
function flagsFrom(word: string): string[] {
  const [, flag, name, value = ''] = /^(?:(--[a-z][a-z-]*)|([A-Z][A-Z0-9_]*))=(.*)$/s.exec(word) ?? [];
  if (flag === undefined && name === undefined) return [word];
  return [flag ?? flagOf(name ?? ''), value];
}

/** Writes the line for what commander refused. */
function refusalOf(error: CommanderError, command: string, words: readonly string[]): UsageError {
  const suggestion = suggestionIn(error);
  const [, culprit = ''] = /'(.*?)(?: <.*>)?'/s.exec(error.message) ?? [];
  if (error.code === 'commander.unknownCommand' || !isCommand(command)) {
    const nearest = /Did you mean ([\w-]+)\?/.exec(error.message)?.[1];
    return new UsageError(
      `${oneLine(command) || 'nothing'} is not a command${nearest ? `; did you mean ${nearest}?` : '.'} ` +
        `Allowed: ${commandNames.join(', ')}. Type: make ${nearest ?? 'help'}`,
    );
  }
  if (error.code === 'commander.optionMissingArgument') {
    const name = nameOf(culprit);
    const typical = isName(name) ? defaultOf(PARAMETERS[name]) : '';
    return new UsageError(`${culprit} has no value. Type: make ${command} ${name}=${typical}`);
  }
  if (error.code === 'commander.unknownOption') {
    const name = nameOf(culprit);
    const value = valueIn(words, culprit);
    if (isName(name)) return foreign(command, name, value);
    const word = value === undefined ? culprit : `${name}=${value}`;
    return unknown(command, word, suggestion ?? nearestTo(name), value);
  }
  const excess = words.find((word) => flagsFrom(word).length === 1 && !word.startsWith('--')) ?? '';
  const [, pairName, value] = /^([\w-]+)=(.*)$/s.exec(excess) ?? [];
  const upper = pairName?.toUpperCase().replaceAll('-', '_') ?? '';
  return unknown(command, excess, isName(upper) ? upper : nearestTo(upper), value);
}

/** Writes the line for an unknown parameter. It suggests a similar one, or lists all that the command takes. */
function unknown(command: CommandName, word: string, nearest: string | undefined, value = ''): UsageError {
  const { takes } = specOf(command);
  const what = `${oneLine(word)} is not a parameter`;
  if (nearest && isName(nearest)) {
    if (!takes.includes(nearest)) return foreign(command, nearest, value);
    return new UsageError(
      `${what}; did you mean ${nearest}? Allowed: ${allowedFor(PARAMETERS[nearest])}. ` +
        `Type: make ${command} ${pairOf(nearest, value)}`,
    );
  }
  const [first] = takes;
  if (!first) return new UsageError(`${what}. Allowed: none. Type: make ${command}`);
  return new UsageError(
    `${what}. Allowed: ${takes.join(', ')}. Type: make ${command} ${pairOf(first, undefined)}`,
  );
}

const isCommand = (name: string): name is CommandName => (commandNames as readonly string[]).includes(name);

const suggestionIn = ({ message }: CommanderError): string | undefined => {
  const [, flag] = /Did you mean (--[\w-]+)/.exec(message) ?? /one of (--[\w-]+)/.exec(message) ?? [];
  return flag && nameOf(flag);
};

/** Gives the value that was typed for a flag, in the same word or the next. */
function valueIn(words: readonly string[], flag: string): string | undefined {
  const flat = words.flatMap(flagsFrom);
  const next = flat[flat.indexOf(flag) + 1];
  return next?.startsWith('--') ? undefined : next;
}
