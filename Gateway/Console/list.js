// A list that is searched and read a page at a time, and looks again every few seconds.
import { arrowKeys, empty, h, searchField } from './dom.js';

const pageSize = 100;
const againMs = 4000;

/** A part of a name is enough; * and ? mean what they do in file names. */
const pattern = (text) => (!text || /[*?]/.test(text) ? text : `*${text}*`);

/**
 * Shows a list in `main`. `view`: its name in the address. `load(query)`: a page as { items, next }. `row(item, items)`: its cells.
 * `none(search)`: what is said when there is nothing. Returns what ends it.
 */
export function list(main, { view, title, columns, search, load, row, none, beside = [] }) {
  let shown = [];
  let next = null;
  let gone = false;
  const body = h('tbody');
  const table = h('table', {},
    h('thead', {}, h('tr', {}, columns.map((column, i) => h('th', { scope: 'col', class: i ? 'right' : '' }, column)))), body);
  const more = h('div', { class: 'more', hidden: true }, h('button', { type: 'button', onclick: () => read(next) }, 'Show more'));
  const nothing = empty('');
  main.append(
    h('div', { class: 'heading' }, h('h1', {}, title), searchField(`Search ${view}`, search, (text) => {
      search = text;
      history.replaceState(null, '', text ? `#/${view}?q=${encodeURIComponent(text)}` : `#/${view}`);
      read(null);
    }), h('div', { class: 'end' }, beside)),
    h('section', { class: 'card' }, h('div', { class: 'scroll' }, table), nothing, more));
  arrowKeys(main);

  async function read(after) {
    const asked = search;
    try {
      const page = await load({ limit: pageSize, pattern: pattern(search), ...(after && { after }) });
      if (gone || asked !== search) {
        return; // the answer to an older question
      }
      shown = after ? [...shown, ...page.items] : page.items;
      next = page.next ?? null;
      draw();
    } catch (error) {
      nothing.textContent = error.message;
      nothing.hidden = false;
    }
  }

  function draw() {
    const focused = document.activeElement?.dataset?.id;
    body.replaceChildren(...shown.map((item) => h('tr', {}, row(item, shown))));
    table.hidden = !shown.length;
    nothing.hidden = shown.length > 0;
    nothing.textContent = none(search);
    more.hidden = !next;
    if (focused) {
      body.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  }

  read(null);
  const timer = setInterval(() => !document.hidden && shown.length <= pageSize && read(null), againMs);
  return () => {
    gone = true;
    clearInterval(timer);
  };
}
