// Makes elements: h('p', { class: 'soft', onclick: f }, 'text', child). Text is never parsed as HTML.
export function h(tag, attributes = {}, ...children) {
  const [name, ns] = tag.startsWith('svg:') ? [tag.slice(4), 'http://www.w3.org/2000/svg'] : [tag, 'http://www.w3.org/1999/xhtml'];
  const element = document.createElementNS(ns, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (key in element && !ns.endsWith('svg') && typeof value !== 'string') {
      element[key] = value;
    } else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(key, value);
    }
  }
  element.append(...present(children));
  return element;
}

/** Puts these in place of what an element has; lists are joined, and what is missing is left out. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

const present = (children) => children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);

/** Asks before something that cannot be undone. True when the answer is yes. */
export function confirm(title, text, yes) {
  return new Promise((resolve) => {
    const dialog = h('dialog', { 'aria-label': title },
      h('h2', {}, title),
      h('p', { class: 'soft' }, text),
      h('div', { class: 'actions' },
        h('button', { type: 'button', onclick: () => dialog.close('no') }, 'Cancel'),
        h('button', { type: 'button', class: 'danger', onclick: () => dialog.close('yes') }, yes)));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Moves the focus between the rows of a list with the arrow keys; the links or buttons of class "row" are its rows. */
export function arrowKeys(container) {
  container.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.matches('textarea')) {
      return;
    }
    const rows = [...container.querySelectorAll('.row')];
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : -1) : at + step;
    if (rows.at(next) && next < rows.length && (at >= 0 ? next >= 0 : true)) {
      rows.at(next).focus();
      event.preventDefault();
    } else if (at === 0 && step < 0) {
      container.querySelector('input[type=search]')?.focus();
      event.preventDefault();
    }
  });
}

/** A search field that "/" goes to. */
export function searchField(placeholder, value, search) {
  let waiting;
  const input = h('input', {
    type: 'search', placeholder, value, 'aria-label': placeholder, autocomplete: 'off', spellcheck: 'false',
    oninput: () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => search(input.value.trim()), 150);
    },
  });
  return h('div', { class: 'search' }, input, h('kbd', {}, '/'));
}

export function empty(text) {
  return h('p', { class: 'empty' }, text);
}
