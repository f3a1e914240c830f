import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { addressesFrom, InvalidAddresses } from '../../../record/foreign/addresses.ts';
import { askingOf, InvalidAsking, withoutSecrets } from '../../../record/foreign/asking.ts';

const asked = (more: Partial<Parameters<typeof askingOf>[0]>) =>
  askingOf({ keyPath: '/keys/:key', headers: null, versionAt: '/version', ...more });

describe('how a service is asked', () => {
  it('has the key in its path, encoded, wherever the path has it', () => {
    assert.equal(asked({}).path('hot'), '/keys/hot');
    assert.equal(
      asked({ keyPath: '/price/:key/in?of=:key' }).path('a:$&b'),
      '/price/a%3A%24%26b/in?of=a%3A%24%26b',
    );
  });

  it('has each header by its name, with values that have semicolons and colons', () => {
    assert.deepEqual(
      asked({ headers: 'Accept: text/html;q=0.9; Cookie: a=1; b=2 ;X-Url: http://a.b;\n X-Last: 1;' })
        .headers,
      {
        Accept: 'text/html;q=0.9',
        Cookie: 'a=1; b=2',
        'X-Url': 'http://a.b',
        'X-Last': '1',
      },
    );
    assert.deepEqual(asked({ headers: null }).headers, {});
  });

  it('has the version in a header, or at a JSON pointer', () => {
    assert.deepEqual(asked({ versionAt: 'header:X-Version' }).versionAt, { header: 'x-version' });
    assert.deepEqual(asked({ versionAt: '/a~1b/0/c~0~01/' }).versionAt, { steps: ['a/b', '0', 'c~~1', ''] });
  });

  const bad: readonly (readonly [Partial<Parameters<typeof askingOf>[0]>, RegExp])[] = [
    [{ keyPath: 'keys/:key' }, /^KEY_PATH=keys\/:key .*Type: KEY_PATH=/],
    [{ keyPath: '/keys' }, /^KEY_PATH=\/keys /],
    [{ keyPath: '/a b/:key' }, /^KEY_PATH/],
    [{ keyPath: '/:key#x' }, /^KEY_PATH/],
    [{ headers: 'secret' }, /^HEADERS: secret is no header/],
    [{ headers: 'X-A: 1; X-A: 2' }, /X-A is there twice/],
    [{ headers: 'Connection: close' }, /Connection is the herd's own/],
    [{ headers: 'X-A:' }, /X-A is no header with a value/],
    [{ headers: ': b' }, /a value without a name is no header/],
    [{ versionAt: 'version' }, /^VERSION_AT=version .*Type: VERSION_AT=\/version$/],
    [{ versionAt: '/a~2' }, /^VERSION_AT/],
    [{ versionAt: 'header:' }, /^VERSION_AT/],
    [{ versionAt: 'header:a b' }, /^VERSION_AT/],
  ];
  for (const [setting, says] of bad)
    it(`is refused in one line: ${JSON.stringify(setting)}`, () =>
      assert.throws(
        () => asked(setting),
        (error: Error) =>
          error instanceof InvalidAsking &&
          says.test(error.message) &&
          / Allowed: .* Type: /.test(error.message) &&
          !error.message.includes('\n'),
      ));

  it('says nothing of a value, which may be a secret, in an error', () => {
    for (const headers of [
      'Authorization: s3cret\u0007',
      'A: s3cret; A: s3cret',
      'Connection: s3cret',
      'X\u0007: s3cret',
    ])
      assert.throws(
        () => asked({ headers }),
        (error: Error) => error instanceof InvalidAsking && !error.message.includes('s3cret'),
      );
  });
});

test("a run's folder has the names of the headers, and none of their values", () => {
  const settings = settingsFrom(
    valuesFrom('herd', ['APP=mine', 'HEADERS=Authorization: Bearer abc; X-Tenant: 7']),
  );
  const recorded = withoutSecrets(settings);
  assert.doesNotMatch(JSON.stringify(recorded), /Bearer|abc|7"/);
  assert.deepEqual({ ...recorded, headers: settings.headers }, settings);
  assert.equal(recorded.headers, 'Authorization: …; X-Tenant: …');
});

test('the addresses in TARGET are origins of HTTP, each once', () => {
  assert.deepEqual(addressesFrom('http://localhost:8001, http://10.0.0.7/'), [
    'http://localhost:8001',
    'http://10.0.0.7',
  ]);
  for (const [target, says] of [
    ['localhost:8001', /is no address/],
    ['https://a', /is no address/],
    ['', /an empty text is no address/],
    ['http://a,', /an empty text is no address/],
    ['http://a/base', /has a path, which belongs into KEY_PATH/],
    ['http://me:secret@a', /^TARGET: a has a user in front/],
    ['http://a,http://a/', /http:\/\/a is there twice/],
  ] as const)
    assert.throws(
      () => addressesFrom(target),
      (error: Error) =>
        error instanceof InvalidAddresses && says.test(error.message) && !/\n|secret/.test(error.message),
      target,
    );
});
