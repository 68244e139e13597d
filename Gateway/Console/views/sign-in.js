import { statusOf } from '../api.js';
import { h } from '../dom.js';

/** Asks for the password. */
export function signIn(main, context) {
  const error = h('p', { class: 'error', role: 'alert' });
  const password = h('input', { type: 'password', name: 'password', autocomplete: 'current-password', required: true, maxlength: '256' });
  const button = h('button', { class: 'primary', type: 'submit' }, 'Sign in');
  const form = h('form', { class: 'card sign-in' },
    h('h1', {}, 'Console'),
    h('p', { class: 'soft' }, `Cluster ${context.me.cluster}. The password is that of `, h('code', {}, 'WsCluster:Console:Password'), '.'),
    h('label', {}, 'Password', password),
    error,
    button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    error.textContent = '';
    try {
      const status = await statusOf('sign-in', { password: password.value });
      if (status === 204) {
        await context.signedIn();
        return;
      }
      error.textContent = status === 401 ? 'That is not the password.'
        : status === 429 ? 'Too many attempts: wait a minute.' : `The gateway answered ${status}.`;
      password.select();
    } catch {
      error.textContent = 'The gateway is out of reach.';
    } finally {
      button.disabled = false;
    }
  });
  main.append(form);
  password.focus();
}
