import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { faults } from '../../../faults/index.ts';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { commandNames, specOf, takersOf, takes } from '../../../lab/parameters/commands.ts';
import { defaultOf, flagOf, isName, type Name, PARAMETERS } from '../../../lab/parameters/parameters.ts';
import { readValue } from '../../../lab/parameters/read-value.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { mutants } from '../../../mutants/index.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';

const names = Object.keys(PARAMETERS) as Name[];

/** The message of the usage error that this ends with. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  assert.fail('nothing was refused');
}

test('every command refuses every parameter of others, and names a command that takes it', () => {
  for (const command of commandNames)
    for (const name of names.filter((one) => !takes(command, one))) {
      for (const words of [
        [`${name}=${defaultOf(PARAMETERS[name])}`],
        [flagOf(name), defaultOf(PARAMETERS[name])],
      ]) {
        const message = refusal(() => readCommandLine([command, ...words]));
        assert.ok(message.startsWith(`make ${command} does not take ${name}`), message);
        assert.ok(message.includes(`make ${takersOf(name)[0]} ${name}=`), message);
        assert.equal(message.split('\n').length, 1);
      }
    }
});

test('every parameter is taken by some command, as a pair and as a flag', () => {
  for (const name of names) {
    const [command] = takersOf(name);
    assert.ok(command, name);
    const text = defaultOf(PARAMETERS[name]);
    for (const words of [[`${name}=${text}`], [`${flagOf(name)}=${text}`], [flagOf(name), text]]) {
      const line = readCommandLine([command, ...words]);
      assert.ok('texts' in line);
      assert.deepEqual([...line.texts], [[name, text]]);
    }
  }
});

test('what help and messages write as a default reads as the default', () => {
  for (const parameter of Object.values(PARAMETERS))
    assert.deepEqual(readValue(parameter, defaultOf(parameter)), parameter.preset, parameter.name);
});

test('every preset and need of a fault or a mutant is a parameter that herd takes, with a value it allows', () => {
  const presets = [
    ...faults.flatMap(({ presets, needs = {} }) => [presets, needs]),
    ...mutants.map((mutant) => mutant.presets),
  ];
  for (const [name, texts] of presets.flatMap((one) => Object.entries(one))) {
    assert.ok(isName(name) && takes('herd', name), name);
    for (const text of [texts].flat())
      assert.notEqual(readValue(PARAMETERS[name], text), undefined, `${name}=${text}`);
  }
});

test('what a command presets is allowed and its own, and yields to what was typed', () => {
  for (const command of commandNames)
    for (const [name, text] of Object.entries(specOf(command).presets ?? {})) {
      assert.ok(isName(name) && takes(command, name), `${command} ${name}`);
      assert.notEqual(readValue(PARAMETERS[name], text), undefined, `${command} ${name}=${text}`);
    }
  assert.equal(valuesFrom('jitter', []).ORIGIN_CAPACITY, 0);
  assert.equal(valuesFrom('jitter', ['ORIGIN_CAPACITY=20']).ORIGIN_CAPACITY, 20);
  assert.equal(valuesFrom('jitter', [], { DOGPILE_ORIGIN_CAPACITY: '7' }).ORIGIN_CAPACITY, 7);
  assert.equal(valuesFrom('herd', []).ORIGIN_CAPACITY, 20);
});

test('what a command says of a parameter that it does not take is about one that it does not take', () => {
  for (const command of commandNames)
    for (const name of Object.keys(specOf(command).without ?? {}))
      assert.ok(isName(name) && !takes(command, name), `${command} ${name}`);
});

describe('the environment', () => {
  it('counts with DOGPILE_ in front, and not without', () => {
    const shell = { TTL: '1s', STRATEGY: 'none', PORT: '3000', PROXY: 'http://proxy.example' };
    assert.deepEqual(valuesFrom('herd', [], shell), valuesFrom('herd', []));
    assert.equal(valuesFrom('herd', [], { DOGPILE_TTL: '1s' }).TTL, 1000);
  });

  it('yields to what was typed, and outweighs what a fault presets', () => {
    assert.equal(valuesFrom('herd', ['TTL=5s'], { DOGPILE_TTL: '1s' }).TTL, 5000);
    const environment = { DOGPILE_FAULT: 'kill-holder', DOGPILE_TTL: '9s' };
    const { TTL, RECOMPUTE } = valuesFrom('herd', [], environment);
    assert.deepEqual([TTL, RECOMPUTE], [9000, 600]);
  });

  it('is a default for the commands that take it, and no matter to others', () => {
    assert.equal(valuesFrom('judge', [], { DOGPILE_TTL: 'never', DOGPILE_INSTALL: '0' }).TTL, 3000);
  });

  it('is named where it is what is wrong', () => {
    assert.match(
      refusal(() => valuesFrom('herd', [], { DOGPILE_TTL: 'never' })),
      /^DOGPILE_TTL=never is not allowed/,
    );
    assert.match(
      refusal(() => valuesFrom('herd', [], { DOGPILE_STRATGY: 'lock' })),
      /^DOGPILE_STRATGY names no parameter; did you mean DOGPILE_STRATEGY\?/,
    );
  });
});

test('a value is taken as it was typed, blanks, quotes, dashes and line ends included', () => {
  for (const text of ["node 'my service.js' --port 1", '--ttl', '-1', '=a=b', 'two\nlines', '']) {
    const line = readCommandLine(['judge', `RUN=${text}`]);
    assert.ok('texts' in line);
    assert.equal(line.texts.get('RUN'), text);
  }
  assert.equal(refusal(() => valuesFrom('herd', ['TTL=two\nlines'])).split('\n').length, 1);
});

test('a name that is nearly one is answered with the one that was meant', () => {
  for (const word of ['STRATGY=none', '--stratgy=none', 'stratgy=none', 'strategy=none'])
    assert.match(
      refusal(() => readCommandLine(['herd', word])),
      /did you mean STRATEGY\? .*Type: make herd STRATEGY=none$/,
    );
  assert.match(
    refusal(() => readCommandLine(['hurd'])),
    /^hurd is not a command; did you mean herd\?/,
  );
});

test('no parameter takes a word that only JavaScript knows', () => {
  for (const name of names.filter((one) => !PARAMETERS[one].kind.endsWith('text')))
    for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      assert.equal(readValue(PARAMETERS[name], word), undefined, `${name}=${word}`);
});
