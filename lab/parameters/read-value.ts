import { parseDuration } from '../../record/duration.ts';
import { AND, type Choice, NONE } from '../../record/parameter.ts';
import type { Parameter, Value } from './parameters.ts';

/** Reads what was typed for a parameter; undefined where it is not allowed. */
export function readValue(parameter: Parameter, text: string): Value | undefined {
  switch (parameter.kind) {
    case 'duration':
      return within(parameter, parseDuration(text));
    case 'optional duration':
      return text === NONE ? null : within(parameter, parseDuration(text));
    case 'whole': {
      const value = numberFrom(text);
      return Number.isInteger(value) ? within(parameter, value) : undefined;
    }
    case 'number':
      return within(parameter, numberFrom(text));
    case 'switch':
      return text === 'on' ? true : text === 'off' ? false : undefined;
    case 'choice':
      if (!isChoice(parameter, text)) return undefined;
      return parameter.preset === null && text === NONE ? null : text;
    case 'list': {
      const { options } = parameter;
      const chosen = text === 'all' ? options : text.split(',');
      return chosen.every((one) => options.includes(one)) ? chosen : undefined;
    }
    case 'text':
      return text === '' ? undefined : text;
    case 'optional text':
      return text === '' ? undefined : text === NONE ? null : text;
    case 'url':
      return isUrl(text) ? text : undefined;
  }
}

function isChoice({ options = [], pairs }: Choice, text: string): boolean {
  const [first = '', second, ...others] = text.split(AND);
  if (second === undefined) return options.includes(first);
  const isPair = others.length === 0 && first !== second;
  return pairs === true && isPair && [first, second].every((one) => one !== NONE && options.includes(one));
}

function isUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

const numberFrom = (text: string): number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

const within = ({ least, most }: { least: number; most: number }, value: number): number | undefined =>
  value >= least && value <= most ? value : undefined;
