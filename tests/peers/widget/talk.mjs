// A whole conversation as the widget drives it, with an agent who listens.

import { checkChatEvent, log, note } from '../lib/chat.mjs';
import { Customer, multipart, urlencoded } from '../lib/customer.mjs';
import { eventually, expect, same } from '../lib/expect.mjs';

export const title = 'conversation';

export async function run({ check, url, agent }) {
  const { desk, ear, state } = agent;
  const heard = async (words, customer, wanted, from) => checkChatEvent(await ear.next(words, log(customer.chatId, wanted), { from }));
  const last = (event, type) => event.data.messages.filter((message) => message.type === type).at(-1);
  const customer = new Customer(url);

  await check('a chat is requested with nickname, subject and user data, urlencoded', async () => {
    const answer = await customer.request({ nickname: 'Ines Roy', subject: 'Order 4711', emailAddress: 'ines@example.org', 'userData[CustomerSegment]': 'Gold', 'userData[TimeZone]': '-480' });
    same(answer.messages.map(({ type, from }) => [type, from.type, from.nickname]), [['ParticipantJoined', 'Client', 'Ines Roy']], 'the customer is the first message');
    expect(answer.nextPosition > answer.messages[0].index, 'nextPosition is past it', answer);
  });

  await check("the agent is invited with the customer's data, and accepts", async () => {
    await state('Ready');
    const offer = checkChatEvent(await ear.next('the offer', note(customer.chatId, 'StatusChange', 'Invited')));
    same([offer.data.chat.userData.CustomerSegment, offer.data.chat.userData.Subject], ['Gold', 'Order 4711'], 'user data');
    await state('NotReady');
    await desk.operate(`/me/chats/${customer.chatId}`, 'Accept', { nickname: 'Tom' });
    await ear.next('Chatting', note(customer.chatId, 'StatusChange', 'Chatting'));
  });

  await check('refresh from nextPosition brings what is new, and nothing twice', async () => {
    const before = customer.nextPosition;
    const news = await eventually(async () => {
      const answer = await customer.refresh(before);
      return answer.messages.length > 0 && answer;
    }, 'the agent joins for the customer');
    same(news.messages.map(({ type, from }) => [type, from.type, from.nickname]), [['ParticipantJoined', 'Agent', 'Tom']], 'the news');
    expect(news.messages[0].index >= before && news.nextPosition > news.messages[0].index, 'indexes and nextPosition', news);
    const quiet = await customer.refresh(news.nextPosition);
    same([quiet.messages, quiet.nextPosition], [[], news.nextPosition], 'nothing new');
  });

  await check('send reaches the agent as Text, and comes back as Message', async () => {
    const from = ear.here;
    const answer = await customer.command('send', { message: 'Grüße, 世界 & "quotes" = 100 %', transcriptPosition: customer.nextPosition });
    same(answer.messages.filter(({ type }) => type === 'Message').map(({ text }) => text), ['Grüße, 世界 & "quotes" = 100 %'], 'the transcript in the answer');
    const said = last(await heard('Text', customer, ({ type }) => type === 'Text', from), 'Text');
    same([said.text, said.from.type, said.from.nickname], ['Grüße, 世界 & "quotes" = 100 %', 'Customer', 'Ines Roy'], 'the words');
  });

  await check('the same over multipart/form-data', async () => {
    customer.encode = multipart;
    const from = ear.here;
    await customer.send('line one\nline two');
    customer.encode = urlencoded;
    expect(last(await heard('Text', customer, ({ type }) => type === 'Text', from), 'Text').text === 'line one\nline two', 'the words');
  });

  await check('startTyping and stopTyping reach the agent; the agent typing reaches the customer', async () => {
    const from = ear.here;
    await customer.command('startTyping', { message: 'I was won' });
    same(last(await heard('TypingStarted', customer, ({ type }) => type === 'TypingStarted', from), 'TypingStarted').from.type, 'Customer', 'who types');
    await customer.command('stopTyping', { message: '' });
    await heard('TypingStopped', customer, ({ type }) => type === 'TypingStopped', from);
    await desk.operate(`/me/chats/${customer.chatId}`, 'SendStartTypingNotification');
    await eventually(async () => {
      await customer.refresh();
      return customer.messages.some(({ type, from: who }) => type === 'TypingStarted' && who.type === 'Agent');
    }, 'the agent types for the customer');
  });

  await check("the agent's message reaches two tabs of one customer, once each", async () => {
    const tab = Object.assign(new Customer(url), { chatId: customer.chatId, userId: customer.userId, secureKey: customer.secureKey, alias: customer.alias });
    await tab.command('refresh');
    await customer.refresh();
    await desk.operate(`/me/chats/${customer.chatId}`, 'SendMessage', { text: 'One for each tab' });
    for (const window of [tab, customer]) {
      await eventually(async () => {
        await window.refresh();
        return window.messages.some(({ text }) => text === 'One for each tab');
      }, 'the message in a tab');
      await window.refresh();
      const copies = window.messages.filter(({ text }) => text === 'One for each tab');
      same(copies.map(({ type, from }) => [type, from.type]), [['Message', 'Agent']], 'one copy');
    }
    const whole = await tab.command('refresh');
    same(whole.messages.map(({ index }) => index), [...new Set(whole.messages.map(({ index }) => index))].sort((a, b) => a - b), 'without a position the whole transcript, ascending');
    same(whole.messages[0].index, 1, 'from the first');
  });

  await check('updateNickname renames the customer', async () => {
    const from = ear.here;
    await customer.command('updateNickname', { nickname: 'Ines R.' });
    same(last(await heard('NicknameUpdated', customer, ({ type }) => type === 'NicknameUpdated', from), 'NicknameUpdated').noticeText, 'Ines R.', 'noticeText');
    const parties = checkChatEvent(await ear.next('ParticipantsUpdated', note(customer.chatId, 'ParticipantsUpdated'), { from }));
    expect(parties.data.chat.participants.some(({ nickname, type }) => type === 'Customer' && nickname === 'Ines R.'), 'the participant', parties.data.chat);
  });

  await check('pushUrl reaches the agent as PushUrl with a url', async () => {
    const from = ear.here;
    await customer.command('pushUrl', { pushUrl: 'https://shop.example/order/4711?a=1&b=2' });
    same(last(await heard('PushUrl', customer, ({ type }) => type === 'PushUrl', from), 'PushUrl').url, 'https://shop.example/order/4711?a=1&b=2', 'url');
    await customer.refresh();
    same(customer.messages.filter(({ type }) => type === 'PushUrl').at(-1)?.text, 'https://shop.example/order/4711?a=1&b=2', 'the customer has the URL in text');
  });

  await check('customNotice reaches the agent as CustomNotice', async () => {
    const from = ear.here;
    await customer.command('customNotice', { message: 'form filled in' });
    same(last(await heard('CustomNotice', customer, ({ type }) => type === 'CustomNotice', from), 'CustomNotice').noticeText, 'form filled in', 'noticeText');
  });

  await check('updateData is merged into the user data', async () => {
    const from = ear.here;
    await customer.command('updateData', { 'userData[Cart]': '3 items', 'userData[CustomerSegment]': 'Platinum' });
    const { userData } = checkChatEvent(await ear.next('PropertiesUpdated', note(customer.chatId, 'PropertiesUpdated'), { from })).data.chat;
    same([userData.Cart, userData.CustomerSegment, userData.Subject], ['3 items', 'Platinum', 'Order 4711'], 'merged');
  });

  await check('readReceipt is taken', () => customer.command('readReceipt', { transcriptPosition: customer.nextPosition }));

  await check('disconnect: the agent sees the customer leave and stays Chatting', async () => {
    const from = ear.here;
    const answer = await customer.command('disconnect');
    same(answer.chatEnded, true, 'chatEnded');
    same(last(await heard('ParticipantLeft', customer, ({ type }) => type === 'ParticipantLeft', from), 'ParticipantLeft').from.type, 'Customer', 'who left');
    const parties = checkChatEvent(await ear.next('ParticipantsUpdated', note(customer.chatId, 'ParticipantsUpdated', 'Chatting'), { from }));
    expect(parties.data.chat.participants.every(({ type }) => type !== 'Customer'), 'no customer among the participants', parties.data.chat);
  });

  await check('a message after disconnect is refused for good', async () => {
    const { json } = await customer.post('send', { message: 'anybody there?' });
    expect(json.statusCode === 2 && json.chatEnded === true, 'statusCode 2, chatEnded', json);
  });

  await check('the agent completes; every refresh after the end says so', async () => {
    await desk.operate(`/me/chats/${customer.chatId}`, 'Complete');
    await ear.next('Completed', note(customer.chatId, 'StatusChange', 'Completed'));
    const answer = await customer.refresh();
    same([answer.statusCode, answer.chatEnded], [0, true], 'refresh after the end');
  });
}
