// Numbers and times for people.
const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value) => (value === undefined || value === null ? '–' : value < 100_000 ? whole.format(Math.round(value)) : short.format(value));

export function rate(value) {
  if (value === undefined || value === null) {
    return '–';
  }
  return value > 0 && value < 10 ? value.toFixed(1) : count(value);
}

export function bytes(value) {
  if (value === undefined || value === null) {
    return '–';
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function milliseconds(value) {
  return value === undefined || value === null ? '–' : value < 1 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : count(value);
}

export function duration(seconds) {
  if (seconds === undefined || seconds === null || seconds < 0) {
    return '–';
  }
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return d ? `${d} d ${h} h` : h ? `${h} h ${m} min` : m ? `${m} min ${s} s` : `${s} s`;
}

export const since = (unixMs) => duration((Date.now() - unixMs) / 1000);

export function time(unixMs) {
  if (!unixMs) {
    return '–';
  }
  const date = new Date(unixMs);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export const moment = (unixMs) => (unixMs ? new Date(unixMs).toLocaleString('en-GB') : '–');

export function data(publication) {
  if (publication.b64data !== undefined) {
    return `base64 ${publication.b64data}`;
  }
  return typeof publication.data === 'string' ? JSON.stringify(publication.data) : JSON.stringify(publication.data, null, 1).replace(/\n\s*/g, ' ');
}

export const people = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
