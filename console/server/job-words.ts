import { readCommandLine } from '../../lab/parameters/command-line.ts';
import { commandNames, takes } from '../../lab/parameters/commands.ts';
import {
  allowedFor,
  defaultOf,
  isName,
  type Name,
  PARAMETERS,
  type Parameter,
  rangeOf,
} from '../../lab/parameters/parameters.ts';
import { settingsFrom } from '../../lab/parameters/settings.ts';
import { environmentFor, valuesOf } from '../../lab/parameters/values.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { type Field, type Forms, JOB_COMMANDS, type JobCommand, type JobValues } from '../view/messages.ts';

/** Parameters that name what is to be started or asked: only whoever sits at a terminal may give these. */
export const NOT_FROM_A_PAGE: readonly string[] = ['APP', 'IMAGE', 'TARGET'];
/** A page starts one run at a time. */
const LEFT_OUT: readonly string[] = [...NOT_FROM_A_PAGE, 'REPEAT'];

const LONGEST_VALUE = 200;

/** What is typed after `dogpile-lab` for a command of a page. */
export interface JobWords {
  readonly words: readonly string[];
  /** The same as one would type it. */
  readonly typed: string;
}

/**
 * Makes the words of a command line from what a page sent. The values pass through no shell. Throws {@link UsageError}, as the
 * command line does, at the first that is not allowed.
 */
export function jobWords(command: JobCommand, values: JobValues, environment: NodeJS.ProcessEnv): JobWords {
  for (const [name, value] of Object.entries(values)) {
    if (NOT_FROM_A_PAGE.includes(name))
      throw new UsageError(
        `${name} is not for a page, which never starts a foreign command. Allowed: a terminal. Type: make herd ${name}=…`,
      );
    if (!/^[A-Z][A-Z_]{0,40}$/.test(name) || !/^[\x20-\x7e]*$/.test(value) || value.length > LONGEST_VALUE)
      throw new UsageError(
        `a value that was sent is no parameter. Allowed: up to ${LONGEST_VALUE} printable characters. Type: make help`,
      );
  }
  const target = command === 'fault' ? 'herd' : command;
  if (command === 'fault' && !values.FAULT)
    throw new UsageError(
      `no fault was chosen. Allowed: ${allowedFor(PARAMETERS.FAULT)}. Type: make fault-redis-down TARGET=up`,
    );
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const words = [target, ...pairs, ...(command === 'fault' ? ['TARGET=up'] : [])];
  const line = readCommandLine(words);
  if ('help' in line) throw new UsageError('help is no value. Type: make help');
  const read = valuesOf({
    ...line,
    environment: environmentFor(line.command, environmentOfJob(environment)),
  });
  if (target === 'herd' || target === 'up') settingsFrom(read);
  return { words, typed: `make ${words.join(' ')}` };
}

/** The environment of a command that a page starts: without what make said to the console, and what no page may say. */
export function environmentOfJob(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const left = [
    'LAB_OVERRIDES',
    'LAB_FAULT',
    'MAKEFLAGS',
    'MAKELEVEL',
    ...NOT_FROM_A_PAGE.map((name) => `DOGPILE_${name}`),
  ];
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !left.includes(name)));
}

/** Describes each command's parameters as fields of a form. */
export const jobForms = (): Forms =>
  Object.fromEntries(
    JOB_COMMANDS.map((command): [JobCommand, Field[]] => [command, fieldsOf(command)]).filter(
      ([, { length }]) => length > 0,
    ),
  );

function fieldsOf(command: JobCommand): Field[] {
  if (command === 'fault') return (['FAULT', 'AT'] as const).map((name) => fieldOf(PARAMETERS[name]));
  const known = commandNames.find((name) => name === command);
  return Object.values(PARAMETERS)
    .filter(({ name }) => known && isName(name) && takes(known, name as Name) && !LEFT_OUT.includes(name))
    .map(fieldOf);
}

function fieldOf(parameter: Parameter): Field {
  const { name, group, about } = parameter;
  const options =
    parameter.kind === 'choice' ? parameter.options : parameter.kind === 'switch' ? ['on', 'off'] : undefined;
  return {
    name,
    group,
    about,
    preset: defaultOf(parameter),
    range: rangeOf(parameter),
    ...(options && { options }),
  };
}
