// Requests to the gateway, in the name of who has signed in. The header shows that they come from this page.
const headers = { 'Content-Type': 'application/json', 'X-WsCluster-Console': '1' };

export class ApiError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

export function post(path, body = {}) {
  return fetch(`console/${path}`, { method: 'POST', headers, body: JSON.stringify(body), credentials: 'same-origin' });
}

/** The same where only the status says something. The empty body is read all the same: unread, it would count as given up. */
export async function statusOf(path, body) {
  const response = await post(path, body);
  await response.arrayBuffer();
  return response.status;
}

/** A method of the HTTP API; throws what it answers as an error. */
export async function call(method, body) {
  const response = await post(`api/${method}`, body);
  if (response.status === 401) {
    await response.arrayBuffer();
    document.dispatchEvent(new CustomEvent('signed-out'));
    throw new ApiError('You are signed out.', 401);
  }
  if (!response.ok) {
    throw new ApiError(`HTTP ${response.status}`, response.status);
  }
  const answer = await response.json();
  if (answer.error) {
    throw new ApiError(`${answer.error.message} (${answer.error.code})`, answer.error.code);
  }
  return answer.result;
}

export async function session() {
  const response = await post('session');
  if (!response.ok) {
    throw new ApiError(`HTTP ${response.status}`, response.status);
  }
  return response.json();
}
