// What somebody in a conversation of several was told, as words that can be compared whole: nothing may be missing and
// nothing may come that is not for them.

import { checkChatEvent } from './chat.mjs';
import { eventually, expect, same, sleep } from './expect.mjs';

/** How long everybody is listened to before it is held that they are told no more, in milliseconds. */
const QUIET = 200;

/** Whom a participant is shown to, as a mark behind their name. */
const marks = { All: '', Agents: '*', Supervisors: '**' };

/** Everybody in one conversation, each with a place in what they hear. */
export class Circle {
  #members = new Map();

  /** Adds who sits at `seat` under the `nickname` that the others see. */
  add(nickname, seat) {
    this.#members.set(nickname, { ...seat, heard: seat.ear.here });
  }

  of(nickname) {
    return this.#members.get(nickname);
  }

  /** Waits for the first event of the conversation `id` that `nickname` has not looked at, and answers it. */
  async first(nickname, id) {
    const { ear, heard } = this.of(nickname);
    return checkChatEvent(await ear.next(`a conversation for ${nickname}`, concerns(id), { from: heard }));
  }

  /**
   * Fails unless each was told exactly this since the last time: `{nickname: [words…]}`; who is not named was told nothing.
   * Answers the events of each.
   */
  async told(id, wanted, words) {
    expect(Object.keys(wanted).every((nickname) => this.#members.has(nickname)), 'the walk names who sits', Object.keys(wanted));
    const news = (member) => member.ear.events.slice(member.heard).filter(concerns(id));
    const enough = ([nickname, member]) => said(news(member)).length >= (wanted[nickname] ?? []).length;
    try {
      await eventually(() => [...this.#members].every(enough), words);
    } catch {
      // The comparison says who lacks what.
    }
    await sleep(QUIET);
    const all = {};
    for (const [nickname, member] of this.#members) {
      const events = news(member).map(checkChatEvent);
      same(said(events), wanted[nickname] ?? [], `${words}: what ${nickname} is told`);
      all[nickname] = events;
    }
    for (const member of this.#members.values()) member.heard = member.ear.here;
    return all;
  }
}

const concerns = (id) => ({ channel, data }) => channel === '/v2/me/chats' && (data.chat?.id === id || data.chatPath === `/chats/${id}`);

/** A change as `KIND STATE [who is there]`; of a log each entry as `WHO TYPE TEXT for VISIBILITY`. */
function said(events) {
  return events.flatMap(({ data }) => {
    if (data.messages) {
      return data.messages.map(({ from, type, text, visibility }) => [from.nickname, type, ...(text ? [text] : []), 'for', visibility].join(' '));
    }
    const who = data.chat.participants.map(({ nickname, visibility }) => `${nickname}${marks[visibility]}`);
    return [`${data.notificationType} ${data.chat.state} [${who.join(' ')}]`];
  });
}
