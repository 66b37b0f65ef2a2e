// Command-line flags: `--name value`, or `--name` alone for true.

/**
 * Reads the flags of this process over `defaults`; an unknown flag ends the process with status 2.
 * @param {Record<string, string|boolean>} defaults every flag the script knows, with its default
 */
export function flags(defaults) {
  const read = { ...defaults };
  const words = process.argv.slice(2);
  for (let at = 0; at < words.length; at += 1) {
    const name = words[at].replace(/^--/, '');
    if (!words[at].startsWith('--') || !(name in defaults)) usage(words[at], defaults);
    const next = words[at + 1];
    if (typeof defaults[name] === 'boolean') {
      read[name] = true;
    } else if (next === undefined || next.startsWith('--')) {
      usage(words[at], defaults);
    } else {
      read[name] = next;
      at += 1;
    }
  }
  return read;
}

function usage(word, defaults) {
  const known = Object.entries(defaults).map(([name, value]) => (value === false ? `[--${name}]` : `[--${name} ${value}]`));
  console.error(`cannot read "${word}"; known flags: ${known.join(' ')}`);
  process.exit(2);
}

/** The two agents of a script: `--agents first,second`, both with the demo's password unless written `name:password`. */
export function agents(list) {
  return list.split(',').map((word) => {
    const [name, password = 'demo'] = word.split(':');
    return { name, password };
  });
}
