import { createHmac } from 'node:crypto';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT signed with HS256. */
export function sign(claims, secret) {
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

/** Seconds since 1970, some seconds from now. */
export function secondsFromNow(seconds) {
  return Math.floor(Date.now() / 1000) + seconds;
}
