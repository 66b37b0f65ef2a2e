// An agent at work, without a single cast: one chat from the offer to its disposition in the reporting feed. All that is
// sent and all that comes back has the types that were generated from the API document.

import { accepted, basic, Login } from './login.js';
import { Notifications, type Note } from './notifications.js';

export interface User {
  name: string;
  password: string;
}

export interface Work {
  url: string;
  agent: User;
  /** Who may read the feed. */
  reporter: User;
  /** Called once the agent is ready: a customer asks for a chat and says something. Answers the id of the chat. */
  customerComes: (words: string) => Promise<string>;
}

/** Works one chat and answers what reporting knows of its disposition. */
export async function work({ url, agent, reporter, customerComes }: Work) {
  const login = new Login(url);
  await login.begin(agent.name, agent.password);
  const { api } = login;
  const { user } = accepted(await api.GET('/api/v2/me'));
  if (user.userName !== agent.name) throw new Error(`logged in as ${user.userName}`);

  const notifications = new Notifications(url, login.headers);
  await notifications.connect();
  const channels = await notifications.subscribe('/v2/me/channels');
  const chats = await notifications.subscribe('/v2/me/chats');

  accepted(await api.POST('/api/v2/me', { body: { operationName: 'StartContactCenterSession', channels: ['chat'] } }));
  accepted(
    await api.POST('/api/v2/me/channels/{channel}', {
      params: { path: { channel: 'chat' } },
      body: { operationName: 'Ready' },
    }),
  );
  await channels.first('being ready', (note) =>
    note.messageType === 'ChannelStateChangeMessageV2'
      ? note.channels.find(({ channel, userState }) => channel === 'chat' && userState?.state === 'Ready')
      : undefined,
  );

  // The offer. Whoever started later would find it with `GET /api/v2/me/chats`.
  const words = 'Where is my invoice?';
  const id = await customerComes(words);
  const become = (state: string) => (note: Note<'/v2/me/chats'>) =>
    note.messageType === 'ChatStateChangeMessage' && note.chat.id === id && note.chat.state === state ? note.chat : undefined;
  const offer = await chats.first('the offer', become('Invited'));
  if (!offer.capabilities.includes('Accept')) throw new Error(`an offer can be answered by ${offer.capabilities}`);

  accepted(
    await api.POST('/api/v2/me/chats/{id}', {
      params: { path: { id } },
      body: { operationName: 'Accept', nickname: 'Tom' },
    }),
  );
  await chats.first('the chat that was accepted', become('Chatting'));

  const { messages } = accepted(await api.GET('/api/v2/me/chats/{id}/messages', { params: { path: { id } } }));
  const asked = messages.find(({ type, from, text }) => type === 'Text' && from.type === 'Customer' && text === words);
  if (asked === undefined) throw new Error(`the customer's words are not among ${messages.length} messages`);

  const answer = 'It left this morning.';
  accepted(
    await api.POST('/api/v2/me/chats/{id}', {
      params: { path: { id } },
      body: { operationName: 'SendMessage', text: answer },
    }),
  );
  await chats.first("the agent's own words", (note) => {
    switch (note.messageType) {
      case 'MessageLogUpdated':
        return note.messages.find(({ text, index }) => text === answer && index > asked.index);
      default:
        return undefined;
    }
  });

  accepted(
    await api.POST('/api/v2/me/chats/{id}', {
      params: { path: { id } },
      body: { operationName: 'SetDisposition', disposition: 'IssueResolved' },
    }),
  );
  await chats.first('the disposition', (note) => {
    if (note.messageType !== 'ChatStateChangeMessage' || note.notificationType !== 'PropertiesUpdated') return undefined;
    return note.chat.id === id && note.chat.userData['DispositionCode'] === 'IssueResolved' ? note.chat : undefined;
  });

  accepted(
    await api.POST('/api/v2/me/chats/{id}', {
      params: { path: { id } },
      body: { operationName: 'Complete' },
    }),
  );
  await chats.first('the end', become('Completed'));
  const { chat } = accepted(await api.GET('/api/v2/me/chats/{id}', { params: { path: { id } } }));
  if (chat.state !== 'Completed') throw new Error(`a chat that is completed is ${chat.state}`);

  const disposition = await reported(url, reporter, id);
  // In this order: the login ends with the session, and notifications with the login.
  await notifications.disconnect();
  accepted(await api.POST('/api/v2/me', { body: { operationName: 'EndContactCenterSession' } }));
  return disposition;
}

/** What the reporting feed says of the disposition of a chat. */
async function reported(url: string, { name, password }: User, id: string) {
  const api = basic(url, name, password);
  let after = 0;
  for (;;) {
    const { data, error } = await api.GET('/api/v2/reporting/events', { params: { query: { after, limit: 100 } } });
    if (error) throw new Error(error.statusMessage);
    if (data.length === 0) throw new Error(`the feed ends at ${after} without a disposition`);
    for (const event of data) {
      after = Number(event.sequence);
      switch (event.type) {
        case 'jackfield.disposition':
          if (event.data.interactionId === id) return event.data;
          break;
        default:
      }
    }
  }
}
