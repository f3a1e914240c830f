import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Frames } from '../../../services/relay/resp/frames.ts';
import { itemsOf } from '../../../services/relay/resp/items.ts';

const crlf = (text: string) => `${text}\r\n`;
const line = fc
  .tuple(fc.constantFrom(...'+-:_,#('), fc.stringMatching(/^[ -~]{0,9}$/))
  .map(([type, text]) => crlf(type + text));
const bulk = fc
  .tuple(fc.constantFrom(...'$!='), fc.string({ unit: fc.constantFrom('\r', '\n', '*', '$', '1', 'ü') }))
  .map(([type, text]) => crlf(type + Buffer.byteLength(text)) + crlf(text));
const nothing = fc.constantFrom('$-1\r\n', '*-1\r\n', '*0\r\n', '%0\r\n');

const { value } = fc.letrec<{ value: string }>((tie) => {
  const values = (least: number, most: number) =>
    fc.array(tie('value'), { minLength: least, maxLength: most });
  const list = fc
    .tuple(fc.constantFrom(...'*~>'), values(0, 4))
    .map(([type, items]) => crlf(`${type}${items.length}`) + items.join(''));
  const map = fc
    .array(values(2, 2), { maxLength: 3 })
    .map((pairs) => crlf(`%${pairs.length}`) + pairs.flat().join(''));
  const described = values(3, 3).map((three) => `${crlf('|1')}${three.join('')}`);
  return { value: fc.oneof({ maxDepth: 3 }, line, bulk, nothing, list, map, described) };
});

describe('a stream of RESP', () => {
  it('comes out as its values, whatever chunks it comes in', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(40)), (values, cuts) => {
        const frames = new Frames();
        const stream = Buffer.from(values.join(''));
        const found: Buffer[] = [];
        let at = 0;
        for (const length of cuts) {
          found.push(...frames.cut(stream.subarray(at, at + length)));
          at += length;
        }
        found.push(...frames.cut(stream.subarray(at)));
        assert.deepEqual(found.map(String), values);
        assert.ok(frames.readable);
      }),
    );
  });

  it('goes on byte for byte from where it is no RESP', () => {
    for (const foreign of ['PING\r\n', '$x\r\n', '*?\r\n', '$?\r\n;4\r\n']) {
      const frames = new Frames();
      assert.deepEqual(frames.cut(Buffer.from(`+OK\r\n${foreign}`)).map(String), ['+OK\r\n', foreign]);
      assert.equal(frames.readable, false);
      assert.deepEqual(frames.cut(Buffer.from('any')).map(String), ['any']);
    }
  });

  it('shows the elements of a flat array, as many as are asked for, and of nothing else', () => {
    const items = (text: string, most?: number) => itemsOf(Buffer.from(text), most)?.map(String);
    assert.deepEqual(items('*4\r\n$3\r\na\r\n\r\n:5\r\n$-1\r\n_\r\n'), ['a\r\n', '5', '', '']);
    assert.deepEqual(items('*2\r\n$1\r\na\r\n*0\r\n', 1), ['a']);
    assert.equal(items('*2\r\n$1\r\na\r\n*0\r\n'), undefined);
    assert.equal(items('+OK\r\n'), undefined);
  });
});
