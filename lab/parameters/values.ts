import { faultsNamed } from '../../faults/index.ts';
import { type Presets, presetsOf } from '../../faults/support/expectation.ts';
import { mutantNamed } from '../../mutants/index.ts';
import { namesOnly } from '../../record/foreign/asking.ts';
import { NONE } from '../../record/parameter.ts';
import { SETTINGS } from '../../record/settings.ts';
import { quoted } from '../../report/typed.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { nearestTo, readCommandLine, type Texts } from './command-line.ts';
import { type CommandName, specOf, takes } from './commands.ts';
import { oneLine } from './foreign.ts';
import {
  allowedFor,
  defaultOf,
  environmentNameOf,
  isName,
  type Name,
  PARAMETERS,
  type Values,
} from './parameters.ts';
import { readValue } from './read-value.ts';

/** A command, what was typed for it, and what the environment says of the parameters that it takes. */
export interface Invocation {
  readonly command: CommandName;
  readonly texts: Texts;
  readonly environment: Texts;
}

const PREFIX = environmentNameOf('');
/** `DOGPILE_` variables that are no parameters: lab/install/ reads them. */
const OTHERS = new Set(['DOGPILE_INSTALL']);

/**
 * What the environment says of a command's parameters. A variable is a default for every command that takes it, so one
 * for other commands is left alone. Throws {@link UsageError} where one names no parameter at all.
 */
export function environmentFor(command: CommandName, environment: NodeJS.ProcessEnv): Texts {
  const texts = new Map<Name, string>();
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || OTHERS.has(variable) || !text) continue;
    const name = variable.slice(PREFIX.length);
    if (!isName(name)) {
      const nearest = nearestTo(name);
      throw new UsageError(
        `${variable} names no parameter${nearest ? `; did you mean ${environmentNameOf(nearest)}?` : '.'} ` +
          `Allowed: ${PREFIX} before the name of a parameter. Type: unset ${variable}`,
      );
    }
    if (takes(command, name)) texts.set(name, text);
  }
  return texts;
}

/**
 * The values of all parameters: the override, else what was typed, else the environment's, else what a mutant, a fault
 * or the command presets, else the default. Throws {@link UsageError} at the first that is not allowed.
 */
export function valuesOf({ command, texts, environment }: Invocation, overrides: Presets = {}): Values {
  const textFor = (name: Name) => overrides[name] ?? texts.get(name) ?? environment.get(name);
  const mutant = mutantNamed(textFor('ABLATE'));
  const presets: Presets = {
    ...specOf(command).presets,
    ...presetsOf(faultsNamed(textFor('FAULT')) ?? []),
    ...(mutant?.strategy && { STRATEGY: mutant.strategy }),
    ...mutant?.presets,
  };
  const values = Object.values(PARAMETERS).map((parameter) => {
    const name = parameter.name as Name;
    const typed = textFor(name) ?? presets[name];
    if (typed === undefined) return [name, parameter.preset];
    const value = readValue(parameter, typed);
    if (value !== undefined) return [name, value];
    const source =
      texts.has(name) || name in overrides || !environment.has(name) ? name : environmentNameOf(name);
    throw new UsageError(
      `${source}=${oneLine(typed)} is not allowed: ${allowedFor(parameter)}. Type: make ${command} ${name}=${defaultOf(parameter)}`,
    );
  });
  return Object.fromEntries(values) as Values;
}

/** The values for a command and the words typed after it, as {@link valuesOf} finds them. */
export function valuesFrom(
  command: CommandName,
  typed: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Values {
  const line = readCommandLine([command, ...typed]);
  if ('help' in line) throw new UsageError(`--help is no value. Type: npx dogpile-lab ${command} --help`);
  return valuesOf({ ...line, environment: environmentFor(command, environment) });
}

/** Gives what somebody types to repeat a command: its parameters, those from the environment included. It has no secrets. */
export function typedCommand({ command, texts, environment }: Invocation): string {
  const pairs = [...new Map([...environment, ...texts])].map(
    ([name, text]) => `${name}=${quoted(shown(name, text))}`,
  );
  return [`make ${command}`, ...pairs].join(' ');
}

/** Gives what a report may show: of headers only the names. */
const shown = (name: Name, text: string): string =>
  name === SETTINGS.headers.name && text !== NONE ? namesOnly(text) : text;
