import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { html, trusted } from '../../../report/html/markup.ts';

test('a text in a template is text, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { markup } = html`<p title="${text}">${text}</p>`;
      const [, inside = ''] = /^<p title="(.*)<\/p>$/s.exec(markup) ?? [];
      assert.equal(inside.match(/[<"']/g)?.length, 1, 'only the end of the attribute');
      assert.doesNotMatch(inside, /&(?!(amp|lt|gt|quot|#39);)/);
      assert.doesNotMatch(markup, /\p{Cc}/u);
    }),
  );
});

test('markup in a template stays markup, in lists too', () => {
  const items = ['<a>', 'b'].map((text) => html`<li>${text}</li>`);
  assert.equal(html`<ul>${items}${trusted('<hr>')}</ul>`.markup, '<ul><li>&lt;a&gt;</li><li>b</li><hr></ul>');
});
